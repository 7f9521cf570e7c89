package screen

import (
	"sync"

	"github.com/gdamore/tcell/v2"
)

// cell is one cell of the screen in eight bytes: bits 0-31 are a rune, or the index of a
// cluster with clusterBit set; 32-47 the style; 48-49 the width; bit 50 marks the right
// half of a wide cell. Zero means unknown: it differs from every cell that can be drawn.
type cell uint64

const (
	clusterBit = 1 << 31
	tailBit    = cell(1) << 50
	blank      = cell(' ') | 1<<48

	maxStyles   = 1 << 16
	maxClusters = 1 << 15
)

func mk(glyph uint32, style uint16, width int) cell {
	return cell(glyph) | cell(style)<<32 | cell(width)<<48
}

// tail returns the right half of a wide cell in a style.
func tail(style uint16) cell { return cell(style)<<32 | tailBit }

func (c cell) glyph() uint32 { return uint32(c) }
func (c cell) style() uint16 { return uint16(c >> 32) }
func (c cell) width() int    { return int(c >> 48 & 3) }

// look is the part of a tcell.Style that is sent to a terminal. It has no link, because its
// URL is untrusted and tcell does not show it.
type look struct {
	fg, bg, ul tcell.Color
	attrs      tcell.AttrMask
	line       tcell.UnderlineStyle
}

func lookOf(st tcell.Style) look {
	fg, bg, attrs := st.Decompose()
	return look{fg: fg, bg: bg, ul: st.GetUnderlineColor(), attrs: attrs, line: st.GetUnderlineStyle()}
}

func (l look) styled() tcell.Style {
	st := tcell.StyleDefault.Foreground(l.fg).Background(l.bg)
	return st.Underline(l.line, l.ul).Attributes(l.attrs)
}

// Table interns styles and clusters of runes, so that a cell fits in eight bytes. Screens
// that share a Table (see [Options]) share its memory, and the rows that they all show. A
// Table is safe for concurrent use by several screens. Its size is limited: when it is
// full, a new style is shown as the default one and a new cluster as its first rune.
type Table struct {
	mu          sync.RWMutex
	styles      map[look]uint16
	looks       []look
	clusters    map[string]uint32
	texts       []string
	rowPools    map[int]*rowPool // by width
	sgrEncoders map[sgrKey]*sgrEncoder

	rowCache rowCache
}

// NewTable returns an empty Table.
func NewTable() *Table {
	return &Table{
		styles:      map[look]uint16{{}: 0},
		looks:       []look{{}},
		clusters:    map[string]uint32{},
		rowPools:    map[int]*rowPool{},
		sgrEncoders: map[sgrKey]*sgrEncoder{},
	}
}

func (t *Table) styleID(l look) uint16 {
	t.mu.RLock()
	id, ok := t.styles[l]
	t.mu.RUnlock()
	if ok {
		return id
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if id, ok := t.styles[l]; ok {
		return id
	}
	if len(t.looks) >= maxStyles {
		return 0
	}
	id = uint16(len(t.looks))
	t.styles[l] = id
	t.looks = append(t.looks, l)
	return id
}

func (t *Table) look(id uint16) look {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.looks[id]
}

// clusterID returns the glyph of s, which must be clean, or first if the table is full.
func (t *Table) clusterID(s string, first rune) uint32 {
	t.mu.RLock()
	id, ok := t.clusters[s]
	t.mu.RUnlock()
	if ok {
		return id | clusterBit
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if id, ok := t.clusters[s]; ok {
		return id | clusterBit
	}
	if len(t.texts) >= maxClusters {
		return uint32(first)
	}
	id = uint32(len(t.texts))
	t.clusters[s] = id
	t.texts = append(t.texts, s)
	return id | clusterBit
}

func (t *Table) cluster(glyph uint32) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.texts[glyph&^clusterBit]
}

// text returns the glyph as a string, for Get.
func (t *Table) text(glyph uint32) string {
	if glyph&clusterBit != 0 {
		return t.cluster(glyph)
	}
	return string(rune(glyph))
}
