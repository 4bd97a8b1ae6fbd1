"""The screens, and the layout, state and widgets that they share."""

import os

# The server often shares its cores with the browser. Waiting OpenMP threads should sleep instead of
# spin: the scores after a click then take two thirds of the time. OpenMP reads this when it loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
