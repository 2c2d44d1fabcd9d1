"""An image set: stimuli to train with and stimuli to test with."""

from dataclasses import dataclass

from .stimuli import Stimuli


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageSet:
    """Describe a data set that is divided into training and test stimuli.

    Parameters
    ----------
    train, test : Stimuli
        Disjoint stimuli of the same shape, classes and map to rates.
    name : str
        Name that `load_images` knows the set by.
    licence : str
        Terms under which the images are distributed.
    citation : str
        Publication to cite.

    Raises
    ------
    ValueError
        If training and test stimuli differ in image size or in number of classes.
    """

    train: Stimuli
    test: Stimuli
    name: str
    licence: str
    citation: str

    def __post_init__(self) -> None:
        check_parts("ImageSet", self.train, self.test, ("units", "classes"))


def check_parts(where: str, train: Stimuli, test: Stimuli, numbers: tuple[str, ...]) -> None:
    """Refuse training and test stimuli that do not belong together.

    Raises
    ------
    ValueError
        If one of the `numbers`, names of properties, differs.
    """
    for what in numbers:
        wanted, got = getattr(train, what), getattr(test, what)
        if wanted != got:
            raise ValueError(
                f"{where}.test: expected as many {what} as in train ({wanted}), got {got}"
            )
