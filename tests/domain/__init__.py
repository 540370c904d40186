"""The pure core: values, rules and transitions, tested without a world around them."""
