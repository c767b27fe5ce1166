"""How good a re-scoring run is, judged by the known answers of its dataset."""

from services.detector.evaluate.command import evaluate_command
from services.detector.evaluate.evaluation import Evaluation
from services.detector.evaluate.judge import evaluate

__all__ = ["Evaluation", "evaluate", "evaluate_command"]
