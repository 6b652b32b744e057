# What is watched of authorities.
