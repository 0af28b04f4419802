"""The demonstration: the whole mission on one machine, started and stopped by one command."""
