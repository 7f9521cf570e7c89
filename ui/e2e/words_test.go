package e2e_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// privateWords were once names in this code with a meaning that only its authors knew.
// ADR 0014 has the replacements.
const privateWords = `house pen slip letter spot desk hall copyist sexton bury buried burial unburied mourn
	grave graves underground dig stone stones twin porch steward porter sentry warden keeper greeter greet
	knock knocks knocker knocking door doors gate gated bars barred heed recall hear heard how told tell tells
	said say says owed owes owe paid again alone apart astray anew lane lanes ring wire life unled patience
	face glass behind deaf place mine was stamp stamps sheet sheets strip stock book seat seats sit sits rise
	office toll tape void wish voice part parts piece pieces mend mending mender ailing retreat vouch strange
	inward outward wanted quiet doubt doubter struck strike strikes trouble news fresh kept keep most`

// wordExceptions are names that use such a word in its usual meaning.
var wordExceptions = []string{
	"benchServer.Say", // called by name over net/rpc
	"body.Part",       // decoded from JSON without a tag
	"report.Letter",   // a paper size

	// The kind is named gate.overridden on the wire.
	"KindGateOverridden", "GateOverridden",
	// The lanes of the timeline: the attacker's actions, and ours.
	"Lane", "LaneAttacker", "LaneUs", "Kind.Lane", "Filter.lanes", "laneFilters", "logPane.nextLane", "nextLane",
	// The history of a room, as a test counts it.
	"Life", "LifeOf", "lifeOf", "lifeFaults",
}

// TestWordsOfTheCode: no type, function, method, field, constant or package variable is
// named with a private word. Locals are not checked.
func TestWordsOfTheCode(t *testing.T) {
	banned := strings.Fields(privateWords)
	fset := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, n := range namesOf(f) {
			if slices.Contains(wordExceptions, n.qualified) ||
				slices.Contains(wordExceptions, f.Name.Name+"."+n.qualified) {
				continue
			}
			for _, w := range wordsIn(n.id.Name) {
				if slices.Contains(banned, w) {
					t.Errorf("%s: %s has the private word %q: ADR 0014 has what to use", fset.Position(n.id.Pos()),
						n.qualified, w)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the code: %v", err)
	}
}

// name is a declared name.
type name struct {
	id        *ast.Ident
	qualified string
}

// namesOf returns the declarations of a file that are neither local nor tests.
func namesOf(f *ast.File) (out []name) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				out = append(out, name{d.Name, receiver(d.Recv.List[0].Type) + "." + d.Name.Name})
			} else if !isTest(d.Name.Name) {
				out = append(out, name{d.Name, d.Name.Name})
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					out = append(out, name{s.Name, s.Name.Name})
					out = append(out, members(s)...)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						out = append(out, name{id, id.Name})
					}
				}
			}
		}
	}
	return out
}

// members returns the fields and methods in the declaration of a type.
func members(s *ast.TypeSpec) (out []name) {
	ast.Inspect(s.Type, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncType:
			return false // names of parameters
		case *ast.Field:
			for _, id := range n.Names {
				out = append(out, name{id, s.Name.Name + "." + id.Name})
			}
		}
		return true
	})
	return out
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

func isTest(name string) bool {
	for _, p := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// wordsIn splits a name at its capitals: "maxHTTPBody" is max, http and body.
func wordsIn(name string) (out []string) {
	rs := []rune(name)
	from := 0
	for i := 1; i <= len(rs); i++ {
		end := i == len(rs)
		if !end && unicode.IsUpper(rs[i]) {
			end = !unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])
		}
		if end {
			out = append(out, strings.ToLower(strings.Trim(string(rs[from:i]), "_0123456789")))
			from = i
		}
	}
	return out
}
