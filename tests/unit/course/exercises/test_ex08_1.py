"""Exercise 08.1: the usual mistakes, which test_all.py tries, and other right answers."""

import torch
from judging import judged


def sampler(
    scores=lambda z, T: (z / T).softmax(-1), draw=None, carry=True, prefix=False, eval_mode=True, grad=False, read=None,
    result=lambda first, tokens: tokens, seeded=True, again=False,
):  # fmt: skip
    """A right `sample`; the arguments make the usual mistakes."""

    def sample(model, first, steps, temperature, generator):
        if eval_mode:
            model.eval()
        ids, state, tokens = torch.tensor([[first]]), None, []
        with torch.set_grad_enabled(grad):
            for _ in range(steps):
                logits, new = model(ids, state)
                if again:
                    model(ids, state)
                state = (new if carry != "once" or state is None else state) if carry else None
                p = scores(logits[0, -1], temperature)
                drawn = torch.multinomial(p, 1, generator=generator if seeded else None)
                token = drawn if draw is None else draw(p)
                tokens.append(token.item())
                ids = torch.cat([ids, token[None]], 1) if prefix else token[None] if read is None else read
        return result(first, tokens)

    return sample


MISTAKES = [
    (sampler(prefix=True, carry=False), "give it the last token alone"),
    (sampler(prefix=True), "ids of shape (1, 2)"),
    (sampler(carry=False), "the state is not carried"),
    (sampler(carry="once"), "here an older one comes"),
    (sampler(again=True), "should be called 5 times, and it was called 10 times"),
    (sampler(read=torch.tensor([[2]])), "read `first` and then each token that was drawn"),
    (sampler(eval_mode=False), "call model.eval() first"),
    (sampler(grad=True), "use torch.inference_mode()"),
    (sampler(draw=lambda p: p.argmax(keepdim=True)), "do not take the largest"),
    (sampler(scores=lambda z, T: z.softmax(-1) / T), "divide the logits, before the softmax"),
    (sampler(scores=lambda z, T: z.softmax(-1)), "the temperature changes nothing"),
    (sampler(scores=lambda z, T: (z * T).softmax(-1)), "the wrong way round"),
    (sampler(draw=lambda p: torch.randint(4, (1,))), "all tokens come equally often"),
    (sampler(scores=lambda z, T: (z / T / 1.2).softmax(-1)), "and softmax(z / T) says"),
    (sampler(seeded=False), "pass generator=generator"),
    (sampler(result=lambda first, tokens: [first, *tokens]), "leave out `first`"),
    (sampler(result=lambda first, tokens: tokens[1:]), "it returns 4 tokens"),
    (sampler(result=lambda first, tokens: torch.tensor(tokens)), "a list of whole numbers"),
    (sampler(result=lambda first, tokens: None), "returns nothing"),
    (sampler(scores=lambda z, T: (z / max(T, 1)).softmax(-1)), "the temperature changes nothing"),
    (sampler(scores=lambda z, T: (z / min(T, 1)).softmax(-1)), "the temperature changes nothing"),
]


def test_a_loop_of_another_make_is_right_too():
    """By the inverse of the running sum, and with zeros as the first state, it is as good."""
    sums = sampler(draw=None)
    assert judged("08.1", sums)[0] == "Correct"

    def sample(model, first, steps, temperature, generator):
        model.eval()
        token, state, tokens = first, torch.tensor(0), []
        with torch.no_grad():
            while len(tokens) < steps:
                logits, state = model(torch.tensor([[token]]), state)
                p = (logits[0, -1].double() / temperature).softmax(0)
                token = int(torch.searchsorted(p.cumsum(0), torch.rand(1, generator=generator).double()))
                tokens.append(token)
        return tokens

    assert judged("08.1", sample)[0] == "Correct"
