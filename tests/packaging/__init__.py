"""What a node is shipped in: the image's recipe and the systemd unit, read as by those who run them."""
