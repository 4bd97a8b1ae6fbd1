"""The Tray screen: the works of a tray, its links, what it is taken away as."""
