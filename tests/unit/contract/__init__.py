"""Tests of the contract with platforms."""
