"""What screens share: frame, state, widgets."""

import os

# The server shares its cores with the browser that it draws for. Threads of the numerical libraries
# that wait should sleep then, not spin: measured, a click's scores come in two thirds of the time.
# Read by OpenMP when it is loaded, so it must stand before the first import that loads it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
