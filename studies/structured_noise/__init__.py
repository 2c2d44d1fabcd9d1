"""Does noise with structure pretrain as well as white noise?"""
