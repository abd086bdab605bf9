"""The settings of a training run, as the form, the file and the command line know them."""

from __future__ import annotations

from nn_designer.params import Bool, Choice, Float, HasParams, Int, Numbers


def loss_titles() -> dict[str, str]:
    """Key → title of the losses, for a choice."""
    from nn_designer.engine.losses import LOSSES

    return {key: loss.title for key, loss in LOSSES.items()}


def optimizer_titles() -> dict[str, str]:
    """Key → title of the optimizers, for a choice."""
    from nn_designer.engine.optimizers import OPTIMIZERS

    return {key: optimizer.title for key, optimizer in OPTIMIZERS.items()}


def schedule_titles() -> dict[str, str]:
    """Key → title of the schedules, for a choice."""
    from nn_designer.engine.schedules import SCHEDULES

    return {key: schedule.title for key, schedule in SCHEDULES.items()}


class TrainingSettings(HasParams):
    """How a network is trained. Beside these are kept the own settings of what they choose
    (``training_methods.METHODS``): of the loss, the optimizer, the schedule."""

    loss = Choice(
        "mean_squared_error",
        loss_titles,
        help="What training makes small: how wrong the network's answers are.",
    )
    optimizer = Choice("adam", optimizer_titles, help="How weights follow the gradient.")
    learning_rate = Float(
        0.001,
        minimum=0.0,
        maximum=10.0,
        exclusive_minimum=True,
        logarithmic=True,
        help="How far weights move in one step. Too large: the loss jumps or grows. Too small: "
        "it takes very long. It can be changed while training.",
    )
    schedule = Choice(
        "constant", schedule_titles, help="How the learning rate changes while training."
    )
    batch_size = Int(
        32, minimum=1, maximum=65536, help="How many samples are averaged for one step."
    )
    epochs = Int(
        10, minimum=1, maximum=100_000, help="How many times all training samples are seen."
    )
    validation_split = Float(
        0.2,
        minimum=0.0,
        maximum=0.9,
        step=0.05,
        help="The share of samples kept back to see how well the network does on samples it was "
        "not trained with. Not used when the data has a test part of its own.",
    )
    class_weight = Choice(
        "none",
        {"none": "All alike", "balanced": "Balanced", "own": "Own weights"},
        title="Class weights",
        help="How much samples count by their class. Balanced: those of rare classes count more, "
        "so that each class counts the same in all.",
        advanced=True,
    )
    class_weights = Numbers(
        (1.0, 1.0),
        minimum=0.0,
        title="Weight of each class",
        visible_if=("class_weight", ("own",)),
        help="One number for each class, in the order of the classes.",
        advanced=True,
    )
    shuffle = Bool(True, help="Whether samples come in a new order in each epoch.", advanced=True)
    seed = Int(
        1,
        minimum=0,
        maximum=2**31 - 1,
        help="Decides initial weights, split and order: the same seed gives the same curve.",
    )
    early_stopping = Bool(
        False, help="Stop when the validation loss (or, without, the loss) no longer improves."
    )
    patience = Int(
        5,
        minimum=1,
        maximum=100_000,
        unit="epochs",
        visible_if=("early_stopping", (True,)),
        help="How many epochs without improvement to wait before stopping.",
    )
    minimum_improvement = Float(
        0.0,
        minimum=0.0,
        maximum=1000.0,
        visible_if=("early_stopping", (True,)),
        advanced=True,
        help="By how much the loss must fall to count as an improvement.",
    )
    keep_best = Bool(
        True,
        visible_if=("early_stopping", (True,)),
        help="At the end, go back to the weights of the best epoch.",
    )
