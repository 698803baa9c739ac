"""Spark DataFrames, classic and Spark Connect: the dialect in columns of Spark, and results as Spark DataFrames."""
