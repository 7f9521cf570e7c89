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

// place is where something stands in a file, both from 1.
type place struct{ line, column int }

// node is one value of a TOML document with its place. The TOML library tells
// places only with its own errors, and stops at the first; here every value
// keeps its own, so that all faults can be told.
type node struct {
	at   place            // of the value; of the header for a table
	key  place            // of the key
	kind unstable.Kind    // Table and Array stand for their other spellings too
	text string           // of a string, a number or a bool
	keys []string         // of a table, in the order of the file
	kids map[string]*node // of a table
	list []*node          // of an array
}

// child is the table of that name in n, made where it is missing; the last one
// where it is an array of tables. It is nil where something else has the name.
func (n *node) child(name string, at place) *node {
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

// source is the text of a file and where its lines begin.
type source struct {
	data  []byte
	lines []int
	p     unstable.Parser
	last  int // the offset that was asked for last, and its place
	known place
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

// place counts columns in characters, as editors do. On the line of the last
// place it goes on from there, so that one long line costs no more than many.
func (s *source) place(offset int) place {
	offset = max(0, min(offset, len(s.data)))
	l := sort.SearchInts(s.lines, offset+1)
	from, column := s.lines[l-1], 1
	if s.known.line == l && s.last <= offset {
		from, column = s.last, s.known.column
	}
	s.last, s.known = offset, place{l, column + utf8.RuneCount(s.data[from:offset])}
	return s.known
}

// check lets the library judge the syntax, and says where it stumbled.
func (s *source) check() (place, error) {
	var whole map[string]any
	err := toml.Unmarshal(s.data, &whole)
	var d *toml.DecodeError
	if errors.As(err, &d) {
		line, column := d.Position()
		line = max(1, min(line, len(s.lines)))
		return s.place(s.lines[line-1] + column - 1), err
	}
	return place{1, 1}, err
}

// parse reads the document as a tree.
func parse(file string, data []byte) (*node, Faults) {
	s := newSource(data)
	if at, err := s.check(); err != nil {
		reason := bytes.TrimPrefix([]byte(err.Error()), []byte("toml: "))
		return nil, Faults{{file, at.line, at.column,
			model.Safef("this is not TOML: %s; correct it here or just before", reason)}}
	}
	root := &node{at: place{1, 1}, key: place{1, 1}, kind: unstable.Table}
	table := root
	s.p.Reset(data)
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

// names are the parts of a dotted key, and where it begins.
func (s *source) names(e *unstable.Node) (names []string, at place) {
	for it := e.Key(); it.Next(); {
		if names == nil {
			at = s.place(int(it.Node().Raw.Offset))
		}
		names = append(names, string(it.Node().Data))
	}
	return names, at
}

// descend finds or makes the table of a header.
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

// extend adds a table to the array of a header.
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

// set puts a key and its value into a table.
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

// value reads one value; at is the place to fall back on.
func (s *source) value(v *unstable.Node, at place) *node {
	if v.Raw.Length > 0 {
		at = s.place(int(v.Raw.Offset))
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
