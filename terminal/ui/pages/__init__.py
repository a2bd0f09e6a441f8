"""One function a page: the till's state in, a screen out. Pure; `terminal.ui.view` picks one."""
