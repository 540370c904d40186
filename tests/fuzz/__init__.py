"""What reads strangers' bytes, under any bytes at all: by hypothesis in the suite, by atheris for long."""
