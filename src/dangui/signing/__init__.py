"""Signing — 数字签名: keys, signatures and their one encoding; which algorithm it is, only this folder knows."""
