package e2e_test

import (
	"go/ast"
	"go/types"
	"strings"
	"testing"
)

// optional are the interfaces that a value may have or lack, by the package that asks, and
// why. Everything else is a method of the interface that the value has anyway, so that one
// that is missing does not compile.
var optional = map[string]string{
	"warroom/model: warroom/model.worded":       "only some kinds of events have free text",
	"warroom/model: warroom/model.severalKinds": "only entries share one body among several kinds",
	"warroom/model: warroom/model.needer":       "only some kinds of events depend on who writes them",
	"warroom/model: warroom/model.hideable":     "only some kinds of events are not shown",

	"warroom/ui/shell: warroom/ui/shell.mover":     "only some pages move",
	"warroom/ui/shell: warroom/ui/shell.longPage":  "only some pages have more rows than fit",
	"warroom/ui/shell: warroom/ui/shell.finding":   "only some pages have a filter",
	"warroom/ui/shell: warroom/ui/shell.mousePage": "only some pages use the mouse",
	"warroom/ui/shell: warroom/ui/shell.advancing": "only the room is shown alike on many terminals",

	"warroom/ui/draw: warroom/ui/draw.runScreen":     "tview passes every screen as tcell's; not all of them have it",
	"warroom/ui/draw: warroom/ui/draw.cachingScreen": "the same: not all of them cache rows",

	"warroom/ui: P": "a type parameter: the top page is of the type that a key is for",

	"warroom/ui: warroom/ui/shell.Stacked":                     "anything can be the value of a panic",
	"warroom/feed/connlimit: interface{NetConn() net.Conn}":    "of crypto/tls",
	"warroom/feed/alerts: io.ReadSeeker":                       "stdin may be a file or a pipe",
	"warroom/ui/sshd: golang.org/x/crypto/ssh.CryptoPublicKey": "of x/crypto: not every key has one",
}

// TestCapabilitiesAreMethods: nothing asks a value by a type assertion whether it has more
// methods, except in the listed places.
func TestCapabilitiesAreMethods(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		check := func(e ast.Expr) {
			at, ok := s.info.Types[e]
			if !ok || !at.IsType() || !types.IsInterface(at.Type) {
				return
			}
			name := s.path + ": " + types.TypeString(at.Type, nil)
			if seen[name] = true; optional[name] == "" {
				t.Errorf("%s: got a type assertion to the interface %s, want a method of the interface that the "+
					"value has", s.fset.Position(e.Pos()), strings.TrimPrefix(name, s.path+": "))
			}
		}
		for _, f := range s.files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.TypeAssertExpr:
					check(n.Type)
				case *ast.TypeSwitchStmt:
					for _, c := range n.Body.List {
						for _, e := range c.(*ast.CaseClause).List {
							check(e)
						}
					}
				}
				return true
			})
		}
	}
	for name := range optional {
		if !seen[name] {
			t.Errorf("%s is not asserted: remove it from the list", name)
		}
	}
}
