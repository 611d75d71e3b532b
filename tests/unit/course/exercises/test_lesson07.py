"""Exercises 07.1 to 07.3: the usual mistakes, which test_exercises.py tries, and right answers of other kinds."""

import numpy as np
import torch
from judging import judged

# 07.1 ----------------------------------------------------------------------------------------------------------------


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


SAMPLE_MISTAKES = [
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
    (sampler(scores=lambda z, T: (z / T**2).softmax(-1)), "and softmax(z / T) says"),
    (sampler(seeded=False), "pass generator=generator"),
    (sampler(result=lambda first, tokens: [first, *tokens]), "leave out `first`"),
    (sampler(result=lambda first, tokens: tokens[1:]), "it returns 4 tokens"),
    (sampler(result=lambda first, tokens: torch.tensor(tokens)), "a list of whole numbers"),
    (sampler(result=lambda first, tokens: None), "returns nothing"),
]


def test_a_loop_of_another_make_is_right_too():
    """By the inverse of the running sum, and with zeros as the first state, it is as good."""
    sums = sampler(draw=None)
    assert judged("07.1", sums)[0] == "Correct"

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

    assert judged("07.1", sample)[0] == "Correct"


# 07.2 ----------------------------------------------------------------------------------------------------------------

RATIO_MISTAKES = [
    (lambda r, T: r / T, "the ratio is not divided by T"),
    (lambda r, T: r**T, "the exponent is 1 / T"),
    (lambda r, T: r, "that is the ratio at temperature 1"),
    (lambda r, T: np.log(r) / T, "that is the logarithm of the ratio"),
    (lambda r, T: np.exp(r / T), "not exp(ratio / T)"),
    (lambda r, T: r * T, "yours moves them apart"),
    (lambda r, T: 1.0, "the softmax gives 81"),
    (lambda r, T: None, "returns nothing"),
    (lambda r, T: "more", "should return one real number"),
]


def test_the_praised_numbers_are_true():
    assert 9 ** (1 / 0.5) == 81 and f"{9 ** (1 / 1.5):.1f}" == "4.3"


# 07.3 ----------------------------------------------------------------------------------------------------------------


def nucleus(before=True, scale=True, back=True, order=lambda p: np.argsort(-p), more=0):
    def top_p_by_hand(p, top_p):
        ranks = order(p)
        sums = np.cumsum(p[ranks])
        n = (sums - p[ranks] < top_p - 1e-12).sum() if before else (sums <= top_p + 1e-12).sum()
        kept = np.zeros_like(p)
        kept[ranks[: n + more]] = p[ranks[: n + more]]
        kept = kept / kept.sum() if scale else kept
        return kept if back else kept[ranks]

    return top_p_by_hand


def in_place(p, top_p):
    kept = nucleus()(p, top_p)
    p *= 0
    return kept


def each_by_itself(p, top_p):
    kept = np.where(p >= top_p, p, 0)
    with np.errstate(invalid="ignore"):
        return kept / kept.sum()


TOP_P_MISTAKES = [
    (nucleus(before=False), "the token that reaches top_p is missing"),
    (nucleus(more=1), "one token too many"),
    (nucleus(scale=False), "divide them by their sum"),
    (nucleus(back=False), "put each probability back"),
    (nucleus(order=lambda p: np.arange(len(p))), "sort them first"),
    (nucleus(order=np.argsort), "it should give"),
    (lambda p, t: np.where(p >= t, p, 0), "not on each probability by itself"),
    (each_by_itself, "no token was kept"),
    (lambda p, t: nucleus()(p, t) if t < 1 else np.eye(len(p))[0], "top_p = 1 must keep every token"),
    (lambda p, t: nucleus()(p, t)[nucleus()(p, t) > 0], "should have shape (4,)"),
    (lambda p, t: None, "returns nothing"),
    (in_place, "changes the p it was given"),
]


def test_of_equal_tokens_any_may_be_kept():
    assert judged("07.3", nucleus(order=lambda p: np.argsort(p, kind="stable")[::-1]))[0] == "Correct"


MISTAKES = {"07.1": SAMPLE_MISTAKES, "07.2": RATIO_MISTAKES, "07.3": TOP_P_MISTAKES}
