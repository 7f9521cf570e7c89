package shell

import (
	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
)

// OwnRows are rows that only this terminal shows. They begin at the left edge of the screen,
// and are painted again when their key or their size changes.
type OwnRows[K comparable] struct {
	key  K
	w, h int
	rows draw.SharedRows // if nil, none
}

// Draw draws the rows if they were painted with this key, and reports whether they were.
func (o *OwnRows[K]) Draw(scr tcell.Screen, at draw.Rect, key K) bool {
	cache := draw.CacheOf(scr)
	if cache == nil || at.X != 0 || o.rows == nil || o.key != key || o.w != at.W || o.h != at.H {
		return false
	}
	cache.DrawRows(at.Y, 0, at.H, o.rows)
	return true
}

// Paint draws the rows with f.
func (o *OwnRows[K]) Paint(scr tcell.Screen, at draw.Rect, key K, f func(tcell.Screen, draw.Rect)) {
	cache := draw.CacheOf(scr)
	if cache == nil || at.X != 0 || at.H <= 0 {
		f(scr, at)
		return
	}
	rows := cache.CachedRows(nil, nil, at.W, at.H,
		func(scr tcell.Screen) { f(scr, draw.Rect{X: 0, Y: 0, W: at.W, H: at.H}) })
	*o = OwnRows[K]{key: key, w: at.W, h: at.H, rows: rows}
	cache.DrawRows(at.Y, 0, at.H, rows)
}
