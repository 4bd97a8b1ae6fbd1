"""The Tray screen: the works of a tray, its link, its exports."""
