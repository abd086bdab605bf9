"""One contender in a process of its own: ``python -m benchmarks.worker WORKLOAD CONTENDER [SAMPLES]``.

Reads a number of epochs per line, trains (or predicts) them and answers with a line of JSON:
``{"seconds": ..., "losses": [...]}``. Between lines it does nothing.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from time import perf_counter


def main() -> None:
    # Answers go to the real output; what libraries print does not get in between.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    from benchmarks.contenders import CONTENDERS
    from benchmarks.predictors import PREDICTORS
    from benchmarks.workloads import WORKLOADS, arrays

    workload = WORKLOADS[sys.argv[1]]
    if len(sys.argv) > 3:
        workload = replace(workload, samples=int(sys.argv[3]))
    contenders = PREDICTORS if workload.predicts else CONTENDERS
    train = contenders[sys.argv[2]](workload)
    answers.write(json.dumps({"ready": len(arrays(workload)[0])}) + "\n")
    for line in sys.stdin:
        begin = perf_counter()
        losses = train(int(line))
        answers.write(json.dumps({"seconds": perf_counter() - begin, "losses": losses}) + "\n")


if __name__ == "__main__":
    main()
