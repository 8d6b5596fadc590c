/// The shared model.
