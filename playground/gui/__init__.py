"""The window: panels that edit the experiment, views that draw snapshots, composed here."""
