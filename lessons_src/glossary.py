# %% [markdown]
# # Notation and terms
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/glossary.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/glossary.html)
#
# Every letter of the lessons with its shape, and every term with the place where it is explained: "02, 1" is lesson 02, section 1.
# There is nothing to run here. A letter with two meanings has two rows; the lesson tells which one it is. *See* opens the course's web site, where a picture stands as the link says.
#
# [Sizes](#Sizes) · [Steps and states](#Steps-and-states) · [Gates and candidates](#Gates-and-candidates) · [Weights](#Weights) ·
# [Gradients and memory](#Gradients-and-memory) · [Networks that read and write](#Networks-that-read-and-write) ·
# [Indices and signs](#Indices-and-signs) · [Terms](#Terms)

# %% [markdown]
# ## Sizes
# They stand in shapes, as in (B, T, H).
#
# | Letter | Meaning | Introduced | In torch |
# |---|---|---|---|
# | $B$ | sequences in a batch | [01](01_vanishing_gradients.ipynb), 7 | first axis of `x` with `batch_first=True`, else second |
# | $T$ | time steps of a sequence | [01](01_vanishing_gradients.ipynb), 1 | second axis of `x` with `batch_first=True`, else first |
# | $n$, in code `in` or `inputs` | numbers that come in at one step | [02](02_lstm_cell.ipynb), 3 | `input_size` |
# | $H$ | units of one layer in one direction, so $2H$ for both | [01](01_vanishing_gradients.ipynb), 1 | `hidden_size` |
# | $V$ | words or characters of the vocabulary | [07](07_sentiment_classifier.ipynb), 3 | `num_embeddings` |
# | $D$ | numbers in the vector of one word | [07](07_sentiment_classifier.ipynb), 3 | `embedding_dim` |
# | $N$ | items that are counted: reviews, characters | [07](07_sentiment_classifier.ipynb), 3 | |

# %% [markdown]
# ## Steps and states
#
# | Letter | Shape | Meaning | Introduced | In torch |
# |---|---|---|---|---|
# | $t$ | one number | the time step, from 1 to $T$ | [00](00_start_here.ipynb) | |
# | $x_t$ | (B, n) | the input at step $t$ | [00](00_start_here.ipynb) | `x[:, t - 1]` with `batch_first=True` |
# | $h_t$ | (B, H) | the hidden state after step $t$, what the cell shows; $h_0 = 0$ unless given | [00](00_start_here.ipynb) | `output[:, t - 1]`; after the last step `h_n` |
# | $c_t$, elsewhere $C_t$ | (B, H) | the cell state of an LSTM, its memory | [02](02_lstm_cell.ipynb), 1 | only after the last step, `c_n` |
# | $\overrightarrow{h}_t$, $\overleftarrow{h}_t$ | (B, H) each | the states of the forward reader and of the backward reader | [05](05_both_directions.ipynb), 1 | `output[..., :H]`, `output[..., H:]` |

# %% [markdown]
# ## Gates and candidates
# All are (B, H), with values from 0 to 1 for gates and from −1 to 1 for candidates. PyTorch does not return them; it stacks their weights. **Rows** says where: $W_f$ is
# the rows `H:2*H` of `weight_ih_l0`.
#
# | Letter | Part of | Meaning | Introduced | Rows |
# |---|---|---|---|---|
# | $i_t$ | LSTM | input gate: how much of the news comes in; see [it open](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/02_lstm_cell.html#explorer=LSTMStep&b_f=-6&b_i=6) | [00](00_start_here.ipynb) | `0:H` |
# | $f_t$ | LSTM | forget gate: how much of the memory stays; $f$ alone is the share that a leaky unit keeps; see [it open](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/02_lstm_cell.html#explorer=LSTMStep&b_f=6&b_i=-6) | [00](00_start_here.ipynb) | `H:2*H` |
# | $g_t$, elsewhere $\tilde C_t$ | LSTM | candidate: the news | [02](02_lstm_cell.ipynb), 1 | `2*H:3*H` |
# | $o_t$ | LSTM | output gate: how much of the memory is shown | [02](02_lstm_cell.ipynb), 1 | `3*H:4*H` |
# | $r_t$ | GRU | reset gate: how much of the past the candidate sees; see [it shut](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/03_gru_cell.html#explorer=GRUStep&b_r=-6) | [03](03_gru_cell.ipynb), 1 | `0:H` |
# | $z_t$ | GRU | update gate: how much of the state stays (in some books, how much is written); see [it open](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/03_gru_cell.html#explorer=GRUStep&b_z=6) | [03](03_gru_cell.ipynb), 1 | `H:2*H` |
# | $n_t$ | GRU | candidate: the news | [03](03_gru_cell.ipynb), 1 | `2*H:3*H` |

# %% [markdown]
# ## Weights
# An index names the part: $W_f$, $U_f$ and $b_f$ belong to the forget gate. For the second layer `_l0` becomes `_l1`; for the backward direction `_reverse` is added.
#
# | Letter | Shape | Meaning | Introduced | In torch |
# |---|---|---|---|---|
# | $W$ | (H, n) | from the input to one part | [01](01_vanishing_gradients.ipynb), 1 | rows of `weight_ih_l0` |
# | $U$ | (H, H) | from the state before to one part | [01](01_vanishing_gradients.ipynb), 1 | rows of `weight_hh_l0` |
# | $b$ | (H,) | bias of one part | [01](01_vanishing_gradients.ipynb), 1 | rows of `bias_ih_l0` + `bias_hh_l0`; for $b_n$ of the GRU `bias_ih_l0` alone |
# | $d_n$ | (H,) | bias beside $U_n$ in the GRU, inside the reset | [03](03_gru_cell.ipynb), 1 | rows of `bias_hh_l0` |
# | $a$ | (H,) | weighted sum, before it is squashed | [01](01_vanishing_gradients.ipynb), 2 | |
# | $W$, $b$ of an output | (classes, H), (classes,) | from a state to the scores of an answer | [07](07_sentiment_classifier.ipynb), 1 | `nn.Linear`: `weight`, `bias` |
# | $u$ | one number | a random number from 1 to $T - 1$: chrono's $b_f = \ln u$ | [02](02_lstm_cell.ipynb), 7 | |
# | $u$ of a single unit | one number | its $U$ | [01](01_vanishing_gradients.ipynb), 8 | |

# %% [markdown]
# ## Gradients and memory
#
# | Letter | Shape | Meaning | Introduced |
# |---|---|---|---|
# | $L$ | one number | the loss | [01](01_vanishing_gradients.ipynb), 1 |
# | $\partial L / \partial h_t$ | (H,), a row | how the loss changes with the state at step $t$ | [01](01_vanishing_gradients.ipynb), 2 |
# | $J_t$ | (H, H) | Jacobian: how $h_t$ changes with $h_{t-1}$ | [01](01_vanishing_gradients.ipynb), 2 |
# | $\rho$ | one number | spectral radius of $U$: the largest modulus of its eigenvalues | [01](01_vanishing_gradients.ipynb), 4 |
# | $\sigma_{\max}$ | one number | largest singular value of $U$ | [01](01_vanishing_gradients.ipynb), 4 |
# | $\phi$ | | a nonlinearity such as tanh; $\phi'$ is its slope | [01](01_vanishing_gradients.ipynb), 4 |
# | $s$ | one number | gain: a factor before $U$ | [01](01_vanishing_gradients.ipynb), 6 |
# | $g$ | all weights in one vector | the gradient that is clipped | [01](01_vanishing_gradients.ipynb), 8 |
# | $k$ | one number | steps back, or steps of silence: $f^k$ is left | [01](01_vanishing_gradients.ipynb), 4 |

# %% [markdown]
# ## Networks that read and write
#
# | Letter | Shape | Meaning | Introduced |
# |---|---|---|---|
# | $w_t$ | one id | the word or character at place $t$ | [07](07_sentiment_classifier.ipynb), 1 |
# | $E$ | (V, D) | the embedding: row $w$ is the vector of word $w$ | [07](07_sentiment_classifier.ipynb), 1 |
# | $q$ | (2H,) | query: what the attention looks for | [07](07_sentiment_classifier.ipynb), 1 |
# | $a_t$ | one number | attention weight of step $t$; over all steps they sum to 1 | [07](07_sentiment_classifier.ipynb), 1 |
# | $y$ | (classes,) | the scores of the answer, in code also the right answer | [07](07_sentiment_classifier.ipynb), 1 |
# | $z$ | one number or (V,) | logit: a score before sigmoid or softmax | [07](07_sentiment_classifier.ipynb), 6 |
# | $W$ of an output | (V, H) | from a state to a score for each character | [08](08_language_model.ipynb), 3 |
# | $p$ | one number or (V,) | a probability, a distribution | [05](05_both_directions.ipynb), 4 |
# | $H$ of a text | bits | cross-entropy per character | [08](08_language_model.ipynb), 2 |
# | $S$ | nats | entropy of a distribution | [12](12_appendix.ipynb) |
# | $T$ of a distribution | one number | temperature | [08](08_language_model.ipynb), 5 |
# | $m$ | an index | the most likely character | [08](08_language_model.ipynb), 5 |
# | $k$, $p$ of a cut | one number each | top-k keeps $k$ characters, top-p those that sum to $p$ | [08](08_language_model.ipynb), 7 |
# | $b$ of a search | one number | beams that are kept | [12](12_appendix.ipynb) |
# | $o_t$ of attention | (D,) | the answer: the weighted mean of the values | [11](11_what_came_after.ipynb), 3 |
# | $a_t$, $b_t$ of a linear recurrence | (B, H) | $h_t = a_t \odot h_{t-1} + b_t$ | [11](11_what_came_after.ipynb), 1 |
# | $r$ of a scan | one number | rounds that are done | [11](11_what_came_after.ipynb), 1 |
# | $a$, $b$ of a ratio | | any two characters | [08](08_language_model.ipynb), 6 |
# | $n$ of a text | one number | its characters; also the length of the pieces an $n$-gram counts | [08](08_language_model.ipynb), 2 |
# | $q_t$, $k_t$, $v_t$ | (D,) each | query, key and value of attention between steps | [11](11_what_came_after.ipynb), 3 |
# | $\alpha_{ts}$ | one number | attention weight that step $t$ gives to step $s$ | [11](11_what_came_after.ipynb), 3 |
# | $t$ of Student | one number | factor of a confidence interval over seeds | [09](09_choosing.ipynb), 2 |
# | $n$, $s$ of an interval | one number each | the differences that are averaged; their standard deviation | [09](09_choosing.ipynb), 2 |

# %% [markdown]
# ## Indices and signs
#
# | Sign | Meaning | Introduced |
# |---|---|---|
# | $i$, $j$ | entries of a vector or matrix: $U_{ij}$ stands in row $i$ and column $j$ | [01](01_vanishing_gradients.ipynb), 2 |
# | $s$ | a second time step | [05](05_both_directions.ipynb), 2 |
# | $\sigma(a)$ | sigmoid, $1 / (1 + e^{-a})$ | [01](01_vanishing_gradients.ipynb), 7 |
# | $\tanh$ | from −1 to 1; its slope is $1 - \tanh^2$ | [01](01_vanishing_gradients.ipynb), 1 |
# | $\odot$ | product, number by number | [02](02_lstm_cell.ipynb), 1 |
# | $\partial$ | derivative | [01](01_vanishing_gradients.ipynb), 2 |
# | $d$ of a derivative | as in $dS/dT$, where there is one variable only | [12](12_appendix.ipynb) |
# | $\sum$ | sum | [03](03_gru_cell.ipynb), 4 |
# | $\ln$ | natural logarithm | [00](00_start_here.ipynb) |
# | $e$ | its base | [01](01_vanishing_gradients.ipynb), 5 |
# | $\log_2$ | logarithm to base 2 | [08](08_language_model.ipynb), 2 |
# | $\max$ | the largest | [01](01_vanishing_gradients.ipynb), 4 |
# | $\min$ | the smallest | [01](01_vanishing_gradients.ipynb), 8 |
# | $\to$, $\infty$ | tends to, infinity | [08](08_language_model.ipynb), 5 |
# | $\leftarrow$ | takes the value | [01](01_vanishing_gradients.ipynb), 8 |
# | $P_t$ | the product of the first $t$ gates of a linear recurrence | [12](12_appendix.ipynb) |
# | $\le$ | at most | [01](01_vanishing_gradients.ipynb), 4 |
# | $\pm$ | plus or minus | [09](09_choosing.ipynb), 2 |
# | $I$ | the identity matrix | [12](12_appendix.ipynb) |

# %% [markdown]
# ## Terms
#
# | Term | Meaning | Introduced |
# |---|---|---|
# | to ablate | to switch a part off and see whether it matters | [07](07_sentiment_classifier.ipynb), 7 |
# | attention | a mean over steps with learned weights | [07](07_sentiment_classifier.ipynb), 1 |
# | backpropagation through time | the chain rule along the steps, from the last to the first | [01](01_vanishing_gradients.ipynb), 2 |
# | bag of words | a text as counts of its words, without their order | [06](06_reviews_to_batches.ipynb), 3 |
# | batch | sequences that are computed together | [02](02_lstm_cell.ipynb), 3 |
# | beam search | a search that keeps the best few beginnings | [08](08_language_model.ipynb), 8 |
# | bidirectional | two networks, one reading forward and one backward; see [three readers](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/05_both_directions.html#explorer=TaggerLive) | [05](05_both_directions.ipynb), 1 |
# | bits per character | mean surprise of a language model, cross-entropy to base 2 | [08](08_language_model.ipynb), 2 |
# | causal | an output never depends on later inputs | [05](05_both_directions.ipynb), 6 |
# | cell | what happens in one step | [02](02_lstm_cell.ipynb), 1 |
# | chrono initialization | initial biases that spread the memories over all distances up to $T$ | [02](02_lstm_cell.ipynb), 7 |
# | clipping | shortening a gradient that is longer than a threshold; see [it](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/01_vanishing_gradients.html#explorer=Clipping&rate=0.1&threshold=1) | [01](01_vanishing_gradients.ipynb), 8 |
# | confusion matrix | counts by truth and prediction | [07](07_sentiment_classifier.ipynb), 3 |
# | denormal numbers | floats so small that they give up digits, and slow on many processors | [01](01_vanishing_gradients.ipynb), 9 |
# | distractors | inputs that mean nothing for the answer | [01](01_vanishing_gradients.ipynb), 9 |
# | dropout | leaving out numbers at random in training | [07](07_sentiment_classifier.ipynb), 2 |
# | embedding | a table with one vector for each word | [07](07_sentiment_classifier.ipynb), 1 |
# | entropy | how undecided a distribution is | [08](08_language_model.ipynb), 5 |
# | gate | a number from 0 to 1 that multiplies | [02](02_lstm_cell.ipynb), 1 |
# | half-life | steps after which half of a memory is gone, $\ln 0.5 / \ln f$; see [f = 0.9](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/00_start_here.html#explorer=LeakyUnit&f=0.9) | [00](00_start_here.ipynb) |
# | Jacobian | matrix of all derivatives of one vector by another | [01](01_vanishing_gradients.ipynb), 2 |
# | KV cache | the keys and values of all steps so far | [11](11_what_came_after.ipynb), 5 |
# | label smoothing | aiming a little below certainty | [07](07_sentiment_classifier.ipynb), 2 |
# | leaky unit | $h_t = f h_{t-1} + (1 - f) x_t$ | [00](00_start_here.ipynb) |
# | logits | scores before softmax | [08](08_language_model.ipynb), 3 |
# | mask | marks which steps are real and which are padding | [06](06_reviews_to_batches.ipynb), 7 |
# | packing | torch's way to leave padding out | [06](06_reviews_to_batches.ipynb), 7 |
# | padding | filling up short texts, with the id 0 | [06](06_reviews_to_batches.ipynb), 5 |
# | perplexity | the number of equally likely choices with the same surprise | [08](08_language_model.ipynb), 2 |
# | pooling | making one vector of the states of all steps | [06](06_reviews_to_batches.ipynb), 6 |
# | precision, recall, F1 | of those called positive, how many are; of those that are, how many are found; the harmonic mean of the two | [07](07_sentiment_classifier.ipynb), 3 |
# | pretraining | learning from much text without labels before the task itself | [07](07_sentiment_classifier.ipynb), 4 |
# | recall (the task) | naming the first symbol after a long silence | [10](10_which_one_when.ipynb), 2 |
# | reset before, reset after | whether the GRU's $r$ acts before or after the product with $U_n$ | [03](03_gru_cell.ipynb), 4 |
# | saliency | how much a word moves the answer | [07](07_sentiment_classifier.ipynb), 5 |
# | saturated | said of a gate that is nearly open or nearly shut | [12](12_appendix.ipynb) |
# | scan | all states of a linear recurrence in rounds of doubling; see [five rounds](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/11_what_came_after.html#explorer=Scan&T=32&rounds=5) | [11](11_what_came_after.ipynb), 1 |
# | segment | a piece of a text that is read from a fresh state | [07](07_sentiment_classifier.ipynb), 1 |
# | softmax | makes a distribution of scores | [08](08_language_model.ipynb), 3 |
# | spectral radius | the largest modulus of the eigenvalues | [01](01_vanishing_gradients.ipynb), 4 |
# | streaming | one step at a time, with the state kept | [05](05_both_directions.ipynb), 6 |
# | temperature | what the logits are divided by before softmax; see [0.5](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/08_language_model.html#explorer=Temperature&temperature=0.5), [2](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/08_language_model.html#explorer=Temperature&temperature=2) | [08](08_language_model.ipynb), 5 |
# | top-k, top-p | cutting the unlikely characters off before a draw | [08](08_language_model.ipynb), 7 |
# | truncated backpropagation | the state goes on from batch to batch, the gradient does not | [08](08_language_model.ipynb), 3 |
# | truncation | reading only a part of a long text | [06](06_reviews_to_batches.ipynb), 8 |
# | validation, test | the data by which one chooses; the data that is looked at once | [06](06_reviews_to_batches.ipynb), 2 |
# | vanishing, exploding gradient | a product of many Jacobians that goes to 0, or grows without limit; see [gain 0.8](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/01_vanishing_gradients.html#explorer=GradientFlow&gain=0.8), [1.2](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/01_vanishing_gradients.html#explorer=GradientFlow&gain=1.2&nonlinearity=linear) | [01](01_vanishing_gradients.ipynb), 2 |
# | vocabulary | the words that have an id | [06](06_reviews_to_batches.ipynb), 4 |
#
# Back to [00 · Start here](00_start_here.ipynb), which lists the lessons.
