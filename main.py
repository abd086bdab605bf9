"""Starts NN Designer: ``python main.py [DESIGN]``. A double click and the bundle run this too."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from nn_designer.__main__ import main

    sys.exit(main())
