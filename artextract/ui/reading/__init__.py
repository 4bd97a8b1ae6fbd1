"""Reading a painting: pictures in, answers with their reasons out, and a report to keep."""
