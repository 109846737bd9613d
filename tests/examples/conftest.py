"""The examples are projects of their own: `test_examples.py` plays each as its reader would."""

collect_ignore_glob = ["*/*"]
