"""The engine for series in regular slots: a program over bundles and the airings outside bundles."""
