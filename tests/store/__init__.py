"""Tests of jobs and money in SQL."""
