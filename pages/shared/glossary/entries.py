"""The words that the product uses, each with a sentence or two, sorted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pages.shared.words import Said, label, say, tells, told

# Between the words of an entry.
APART: Final = " | "


@tells("text")
@dataclass(frozen=True)
class Entry:
    """A term, what it means, and the page on which it is seen best.

    words: how texts have it, where not by its name alone, with a bar between them; none of what
    every text is full of.
    """

    term: str
    text: Said
    page: str
    words: str | None = None

    @property
    def heading(self) -> str:
        """The term in the language that is spoken."""
        return told(self.term)

    @property
    def forms(self) -> tuple[str, ...]:
        """The words that are linked to it, in that language."""
        if self.words is None:
            return (self.heading.lower(),)
        return tuple(told(self.words).split(APART)) if self.words else ()

    @property
    def anchor(self) -> str:
        """Its place on the page, as Streamlit makes it of a heading."""
        apart = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", self.term)
        apart = re.sub(r"([A-Z])([A-Z][a-z])", r"\1-\2", apart)
        return re.sub(r"[^a-z0-9]+", "-", apart.lower())


ENTRIES: Final = (
    Entry(
        label("Adam"),
        say(
            "An optimizer that gives every weight a step length of its own, by the size of its "
            "recent gradients. Coupled decay is rescaled along with them."
        ),
        "map",
    ),
    Entry(
        label("AdamW"),
        say(
            "Adam with decoupled decay: every weight shrinks by the same share, whatever its "
            "gradients were. It was made because coupled decay does something else under Adam."
        ),
        "map",
    ),
    Entry(
        label("Batch"),
        say(
            "The examples that one step of training looks at. A full batch holds all of them; "
            "smaller ones make steps cheaper and noisier."
        ),
        "train",
        label("batch | batches | full batch | full batches"),
    ),
    Entry(
        label("Bayes choice"),
        say(
            "The decay that is best on average for data with this noise and true weights of this "
            "size. It can be worked out only where both are known."
        ),
        "which",
        label("Bayes’ choice | Bayes"),
    ),
    Entry(
        label("Bias and variance"),
        say(
            "The two ways in which a fit misses. Bias is the error that the average of many fits "
            "still has; variance is how far one fit lies from that average."
        ),
        "dimension",
        label("bias and variance | bias²"),
    ),
    Entry(
        label("Constant predictor"),
        say(
            "A rival that always predicts the mean of the training targets, whatever the features "
            "are. A model that does worse would better not look at the features."
        ),
        "train",
        label("constant predictor | predicting the mean"),
    ),
    Entry(
        label("Constraint"),
        say(
            "A limit on the length of the weights, instead of a price for it. Each limit that "
            "binds gives the same solution as some penalty."
        ),
        "geometry",
    ),
    Entry(
        label("Coupled decay"),
        say(
            "Decay that joins the gradient before the optimizer makes a step of it. It is the same "
            "as a penalty in the loss."
        ),
        "map",
        label("coupled decay | coupled"),
    ),
    Entry(
        label("Curvature"),
        say(
            "How quickly the slope of the loss changes along a direction. The steepest one decides "
            "how large the learning rate may be."
        ),
        "geometry",
    ),
    Entry(
        label("Decoupled decay"),
        say(
            "Decay that shrinks the weights apart from the gradient, after or before the "
            "optimizer’s own step. Under plain gradient descent it is the same as coupled decay."
        ),
        "map",
        label("decoupled decay | decoupled"),
    ),
    Entry(
        label("Degrees of freedom"),
        say(
            "How many numbers a fit still chooses freely. Least squares uses one for each weight "
            "that the data fix, and decay takes shares of them away."
        ),
        "which",
    ),
    Entry(
        label("Direction"),
        say(
            "A mixture of features along which the examples vary on their own. Along some "
            "directions data vary much, along others little or not at all."
        ),
        "act",
        label("directions | direction"),
    ),
    Entry(
        label("Divergence"),
        say(
            "What happens when steps are too long: each overshoots further than the one before, "
            "until the numbers are beyond all bounds. A smaller learning rate ends it."
        ),
        "step",
        label("diverges | diverged | diverge"),
    ),
    Entry(
        label("Double descent"),
        say(
            "The error on new examples rises to a peak where there are about as many features as "
            "examples, and falls again beyond it. The best decay at each place takes the peak away."
        ),
        "dimension",
    ),
    Entry(
        label("Early stopping"),
        say(
            "Ending training before it has fitted all that it could. It keeps the strong "
            "directions and gives up the weak ones, much as decay does."
        ),
        "act",
        label("early stopping | stopping early"),
    ),
    Entry(
        label("Eigenvalue"),
        say(
            "How much the data vary along a direction of their own, or how strongly the loss "
            "curves there. Where it is small, decay acts most."
        ),
        "geometry",
        label("eigenvalue | eigenvalues"),
    ),
    Entry(
        label("Epoch"),
        say("One pass over all training examples. It has as many steps as there are batches."),
        "train",
        label("epoch | epochs"),
    ),
    Entry(
        label("Exact solution"),
        say(
            "The weights at which loss and penalty together are least, worked out without any "
            "training. Plain gradient descent with decay comes to it if it lasts long enough and "
            "its steps are small."
        ),
        "which",
        label("exact solution | exact solution’s | exact ridge"),
    ),
    Entry(
        label("Feature"),
        say(
            "One of the numbers that describe an example. A linear model has one weight for each "
            "of them."
        ),
        "dimension",
        "",
    ),
    Entry(
        label("Frobenius norm"),
        say(
            "The length of a matrix, taken as one long list of weights: the root of the sum of the "
            "squares of all its entries. Decay of a layer keeps it small."
        ),
        "exercises",
    ),
    Entry(
        "GCV",
        say(
            "Generalised cross-validation: an estimate of the error on new examples from the "
            "training data alone. It raises the training error by how many degrees of freedom were "
            "used up."
        ),
        "which",
    ),
    Entry(
        label("Gradient"),
        say("For every weight, how fast the loss grows with it. A step goes the other way."),
        "step",
        label("gradient | gradients"),
    ),
    Entry(
        label("Half-life"),
        say(
            "The number of steps in which decay alone would halve a weight. The harder decay pulls "
            "and the longer the steps, the shorter it is."
        ),
        "step",
    ),
    Entry(
        label("Intercept"),
        say(
            "The number that a linear model adds to every prediction, also called its bias. It is "
            "not decayed unless a page says so."
        ),
        "step",
    ),
    Entry(
        label("L1 penalty"),
        say(
            "A price for the sum of the sizes of all weights. Unlike a price for their squares it "
            "makes some weights exactly zero."
        ),
        "zeros",
        label("L1 | L1 penalty"),
    ),
    Entry(
        label("L2 norm"),
        say(
            "The length of all weights taken together: the root of the sum of their squares. "
            "Weight decay keeps it small."
        ),
        "train",
        label("L2 norm | length of the weights | L2"),
    ),
    Entry(
        label("Lagrange multiplier"),
        say(
            "How fast the least loss falls as a limit on the weights is widened. For a limit on "
            "their squared length it is half of the λ that leads to the same weights."
        ),
        "geometry",
    ),
    Entry(
        label("Lambda"),
        say(
            "The number λ that says how hard decay pulls, or how dear long weights are. At zero "
            "there is no decay."
        ),
        "start",
        "",
    ),
    Entry(
        label("Lasso"),
        say(
            "A linear model with a price for the sum of the sizes of its weights. It drops "
            "features: their weights end at exactly zero."
        ),
        "zeros",
    ),
    Entry(
        label("Learning rate"),
        say(
            "The number η that says how long a step is for a gradient of a given size. Too small "
            "and training takes for ever, too large and it diverges."
        ),
        "step",
    ),
    Entry(
        label("Least squares"),
        say(
            "The fit with the least training loss, without any penalty. Where several fit alike, "
            "the shortest one is meant."
        ),
        "act",
    ),
    Entry(
        label("Leave-one-out"),
        say(
            "An estimate of the error on new examples: leave each example out in turn, fit the "
            "others, and test on it. For ridge it needs no more than one fit."
        ),
        "which",
        label("leave-one-out | leave one out | LOO"),
    ),
    Entry(
        label("Level set"),
        say(
            "All weights that have the same loss, drawn as a line. Such lines show the loss as the "
            "lines of a map show height."
        ),
        "geometry",
        label("level sets | level set"),
    ),
    Entry(
        label("Lion"),
        say(
            "An optimizer whose step has the same length for every weight, and only the direction "
            "follows the gradients. Its decay is usually decoupled."
        ),
        "map",
    ),
    Entry(
        label("Loss"),
        say(
            "How wrong a model is on some examples: half of the mean of the squared errors. The "
            "penalty is not part of it."
        ),
        "train",
        "",
    ),
    Entry(
        label("Momentum"),
        say(
            "Keeping a share of the last step’s motion in the next one. It speeds training up "
            "along flat directions."
        ),
        "map",
    ),
    Entry(
        label("Nesterov momentum"),
        say(
            "Momentum that looks at the gradient where the motion is about to lead. It damps the "
            "swings that plain momentum makes."
        ),
        "map",
    ),
    Entry(
        label("Noise"),
        say(
            "The part of the targets that no feature explains. A model that fits it does worse on "
            "new examples, because their noise is different."
        ),
        "start",
    ),
    Entry(
        label("Null space"),
        say(
            "All directions of the weights that change no prediction on the training examples. "
            "What lies in it is out of reach of the data: without decay it stays as it began."
        ),
        "act",
    ),
    Entry(
        label("Objective"),
        say(
            "Loss and penalty added up: what training with a penalty makes as small as it can. The "
            "balance between the two is set by λ."
        ),
        "geometry",
    ),
    Entry(
        label("Optimizer"),
        say(
            "The rule that turns gradients into steps. Plain gradient descent, momentum and Adam "
            "are three of them."
        ),
        "map",
    ),
    Entry(
        label("Out of reach"),
        say(
            "The part of the weights that changes no prediction on any training example. The data "
            "cannot correct it; there is one wherever weights outnumber examples."
        ),
        "train",
        label("out of reach | the examples cannot reach"),
    ),
    Entry(
        label("Overfitting"),
        say(
            "Fitting the training examples better and new ones worse. The model has learned what "
            "is true of its own examples alone."
        ),
        "start",
        label("overfitting | overfits"),
    ),
    Entry(
        label("Penalty"),
        say("A price for long weights, added to the loss. It draws the best weights towards zero."),
        "geometry",
    ),
    Entry(
        label("Posterior"),
        say(
            "What is believed of the weights once the data are seen. Its most probable weights are "
            "the exact solution whose λ fits the prior and the noise."
        ),
        "prior",
    ),
    Entry(
        label("Prior"),
        say(
            "What is believed of the weights before any data are seen. A penalty is such a belief: "
            "the firmer it is, the larger the penalty."
        ),
        "prior",
    ),
    Entry(
        label("Random start"),
        say(
            "The weights with which training begins, drawn at random. What no example reaches of "
            "it stays in the weights until decay takes it away."
        ),
        "train",
    ),
    Entry(
        label("Rank"),
        say(
            "In how many independent directions the training examples vary. It is never more than "
            "the number of examples or of features."
        ),
        "act",
    ),
    Entry(
        label("Regularisation"),
        say(
            "Whatever keeps a model simpler than the training examples ask for, so that it does "
            "better on new ones. Weight decay and early stopping are two such means."
        ),
        "start",
    ),
    Entry(
        label("Ridge regression"),
        say(
            "A linear model with a penalty on the squared length of its weights. Its solution is "
            "known exactly, which is why so many pages can draw it."
        ),
        "which",
        label("ridge regression | ridge"),
    ),
    Entry(
        "RMSprop",
        say(
            "An optimizer that divides every gradient by its own recent size. Adam is this with "
            "momentum."
        ),
        "map",
    ),
    Entry(
        label("Seed"),
        say(
            "The number from which everything random is drawn: data, start and order of examples. "
            "With the same seed two runs differ only by what is set otherwise, such as the decay."
        ),
        "book",
        label("seed | seeds"),
    ),
    Entry(
        "SGD",
        say(
            "Stochastic gradient descent: each step goes against the gradient on one batch. It is "
            "the plainest optimizer there is."
        ),
        "step",
    ),
    Entry(
        label("Stability limit"),
        say(
            "The learning rate above which training diverges. It depends on the steepest direction "
            "of the loss, on the optimizer and on the decay."
        ),
        "step",
        label("stability limit | estimated limit"),
    ),
    Entry(
        label("Step"),
        say("One change of all weights, made from one batch. An epoch has several of them."),
        "step",
        "",
    ),
    Entry(
        label("Test loss"),
        say(
            "The loss on examples that training has never seen. It tells whether anything of use "
            "has been learned."
        ),
        "train",
    ),
    Entry(
        label("Training loss"),
        say(
            "The loss on the examples that the model learns from. That it is low means little: "
            "they may have been learned by heart."
        ),
        "train",
    ),
    Entry(
        label("Underfitting"),
        say("Fitting even the training examples badly. Too much decay leads to it."),
        "start",
    ),
    Entry(
        label("Validation"),
        say(
            "Keeping some training examples aside and judging on them which decay is best. They "
            "are missing from the fit meanwhile."
        ),
        "which",
    ),
    Entry(
        label("Weight"),
        say(
            "A number by which a model multiplies a feature, and which training changes. All of "
            "them together are what the model has learned."
        ),
        "start",
        "",
    ),
    Entry(
        label("Weight decay"),
        say(
            "Making every weight a little smaller at every step of training. It keeps weights "
            "short that the data do not hold up."
        ),
        "start",
        label("weight decay | decay"),
    ),
)
