package draw

// Rect is a part of the screen.
type Rect struct{ X, Y, W, H int }
