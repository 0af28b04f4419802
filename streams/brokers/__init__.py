"""Brokers the program can start by itself: embedded (Tansu), Valkey, and a real Apache Kafka."""
