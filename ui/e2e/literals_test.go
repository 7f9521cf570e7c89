package e2e_test

import (
	"go/ast"
	"go/types"
	"testing"
)

// TestLiteralsAreKeyed: a literal of a named struct names its fields, so that a reader
// need not look up their order. The fields of a struct without a name are written beside
// its literals, and one field has no order.
func TestLiteralsAreKeyed(t *testing.T) {
	literals := 0
	for _, s := range sources(t) {
		for _, f := range s.files {
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok || len(lit.Elts) == 0 {
					return true
				}
				at := types.Unalias(s.info.Types[lit].Type)
				if p, ok := at.Underlying().(*types.Pointer); ok { // an element of a []*T
					at = types.Unalias(p.Elem())
				}
				fields, ok := at.Underlying().(*types.Struct)
				if _, named := at.(*types.Named); !ok || !named || fields.NumFields() < 2 {
					return true
				}
				literals++
				if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); !keyed {
					t.Errorf("%s: got a literal of %s without keys, want keys", s.fset.Position(lit.Pos()), at)
				}
				return true
			})
		}
	}
	if literals < 1000 {
		t.Errorf("got %d literals of structs, want all of the code", literals)
	}
}
