"""What the label of a field asks for: "What is your phone number?", "Nom de l'entreprise"."""

from leadline.model.labels.reading import Reading, read_label

__all__ = ["Reading", "read_label"]
