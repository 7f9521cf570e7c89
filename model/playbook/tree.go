package playbook

import (
	"bytes"
	"errors"
	"sort"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"warroom/model"
)

// position is a position in a file, both fields counted from 1.
type position struct{ line, column int }

// node is one value of a TOML document with its position. The TOML library gives positions
// only for its own errors, and stops at the first one. With the position of every value,
// all faults can be reported.
type node struct {
	at   position         // of the value; for a table, of its header
	key  position         // of the key
	kind unstable.Kind    // Table and Array include their other notations
	text string           // of a string, a number or a bool
	keys []string         // of a table, in the order of the file
	kids map[string]*node // of a table
	list []*node          // of an array
}

// child returns the table of a name in n, which it creates if necessary. For an array of
// tables it returns the last one. It returns nil if the name has another kind of value.
func (n *node) child(name string, at position) *node {
	k := n.kids[name]
	if k == nil {
		k = &node{at: at, key: at, kind: unstable.Table}
		n.put(name, k)
	}
	if k.kind == unstable.Array && len(k.list) > 0 {
		k = k.list[len(k.list)-1]
	}
	if k.kind != unstable.Table {
		return nil
	}
	return k
}

func (n *node) put(name string, k *node) {
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	if n.kids[name] == nil {
		n.keys = append(n.keys, name)
	}
	n.kids[name] = k
}

// source is the text of a file with the offsets of its lines.
type source struct {
	data  []byte
	lines []int
	p     unstable.Parser
	last  int // the offset and position of the previous call
	known position
}

func newSource(data []byte) *source {
	s := &source{data: data, lines: []int{0}}
	for i, b := range data {
		if b == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// position returns the position of an offset, with columns in characters, as in editors. On
// the line of the previous call it continues from there, so that one long line does not
// take quadratic time.
func (s *source) position(offset int) position {
	offset = max(0, min(offset, len(s.data)))
	l := sort.SearchInts(s.lines, offset+1)
	from, column := s.lines[l-1], 1
	if s.known.line == l && s.last <= offset {
		from, column = s.last, s.known.column
	}
	s.last, s.known = offset, position{line: l, column: column + utf8.RuneCount(s.data[from:offset])}
	return s.known
}

// check checks the syntax with the library, and returns the position of an error.
func (s *source) check() (position, error) {
	var whole map[string]any
	err := toml.Unmarshal(s.data, &whole)
	var d *toml.DecodeError
	if errors.As(err, &d) {
		line, column := d.Position()
		line = max(1, min(line, len(s.lines)))
		return s.position(s.lines[line-1] + column - 1), err
	}
	return position{line: 1, column: 1}, err
}

// parse reads the document as a tree.
func parse(file string, data []byte) (*node, Faults) {
	s := newSource(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))) // some editors write a byte order mark
	if at, err := s.check(); err != nil {
		reason := bytes.TrimPrefix([]byte(err.Error()), []byte("toml: "))
		return nil, Faults{{File: file, Line: at.line, Column: at.column,
			Text: model.Safef("this is not TOML: %s; correct it here or just before", reason)}}
	}
	root := &node{at: position{line: 1, column: 1}, key: position{line: 1, column: 1}, kind: unstable.Table}
	table := root
	s.p.Reset(s.data)
	for s.p.NextExpression() {
		e := s.p.Expression()
		switch e.Kind {
		case unstable.Table:
			table = s.descend(root, e)
		case unstable.ArrayTable:
			table = s.extend(root, e)
		case unstable.KeyValue:
			s.set(table, e)
		}
	}
	return root, nil
}

// names returns the parts of a dotted key, and its position.
func (s *source) names(e *unstable.Node) (names []string, at position) {
	for it := e.Key(); it.Next(); {
		if names == nil {
			at = s.position(int(it.Node().Raw.Offset))
		}
		names = append(names, string(it.Node().Data))
	}
	return names, at
}

// descend returns the table of a header, which it creates if necessary.
func (s *source) descend(n *node, e *unstable.Node) *node {
	names, at := s.names(e)
	for _, name := range names {
		if n == nil {
			return nil
		}
		n = n.child(name, at)
	}
	return n
}

// extend appends a table to the array of a header.
func (s *source) extend(n *node, e *unstable.Node) *node {
	names, at := s.names(e)
	for _, name := range names[:len(names)-1] {
		if n = n.child(name, at); n == nil {
			return nil
		}
	}
	name := names[len(names)-1]
	list := n.kids[name]
	if list == nil || list.kind != unstable.Array {
		list = &node{at: at, key: at, kind: unstable.Array}
		n.put(name, list)
	}
	t := &node{at: at, key: at, kind: unstable.Table}
	list.list = append(list.list, t)
	return t
}

// set stores the value of a key in a table.
func (s *source) set(n *node, e *unstable.Node) {
	names, at := s.names(e)
	for _, name := range names[:len(names)-1] {
		if n == nil {
			return
		}
		n = n.child(name, at)
	}
	if n == nil {
		return
	}
	v := s.value(e.Value(), at)
	v.key = at
	n.put(names[len(names)-1], v)
}

// value reads one value; at is used if the value has no position of its own.
func (s *source) value(v *unstable.Node, at position) *node {
	if v.Raw.Length > 0 {
		at = s.position(int(v.Raw.Offset))
	}
	n := &node{at: at, key: at, kind: v.Kind, text: string(v.Data)}
	switch v.Kind {
	case unstable.Array:
		for it := v.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				n.list = append(n.list, s.value(it.Node(), at))
			}
		}
	case unstable.InlineTable:
		n.kind = unstable.Table
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				s.set(n, it.Node())
			}
		}
	}
	return n
}
