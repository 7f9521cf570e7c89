package mutation

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mutant is an operator and its replacement.
type mutant struct {
	id        int
	file      string // name of the file in the package
	function  string // declaration that it is in
	line      int
	col       int
	code      string // line of the source
	kind      string
	from, to  token.Token
	constant  bool // in a constant: the value is compiled in, so the mutant cannot be switched on
	senseless bool // a string cannot be subtracted: this would not compile
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d:%d %s: %s to %s: %s", m.file, m.line, m.col, m.function, m.from, m.to, m.code)
}

// negated maps a comparison or step to its opposite.
var negated = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.GEQ, token.GEQ: token.LSS,
	token.GTR: token.LEQ, token.LEQ: token.GTR, token.INC: token.DEC, token.DEC: token.INC,
}

// moved maps a comparison to the one with the boundary moved.
var moved = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
}

// computed maps an arithmetic operator to its replacement, and to the function of
// the switch that computes it.
var computed = map[token.Token]struct {
	to   token.Token
	call string
}{
	token.ADD: {token.SUB, "mutantAdd"}, token.SUB: {token.ADD, "mutantSub"}, token.MUL: {token.QUO, "mutantMul"},
	token.QUO: {token.MUL, "mutantQuo"}, token.REM: {token.MUL, "mutantRem"},
}

// program is the package under test, its mutants, and its source with all of them.
type program struct {
	dir     string
	mutants []mutant
	overlay map[string]string // source with the mutants, by path of the file
	fset    *token.FileSet
	info    *types.Info

	// While a file is rewritten:
	text     string
	base     int // position of the first byte of the file
	function string
	constant int // depth of declarations whose values have to be constant
}

// load reads the package in dir and creates all its mutants.
func load(t *testing.T, dir string) *program {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=Dir,ImportPath,GoFiles,Export,DepOnly", ".")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	type listed struct {
		Dir, ImportPath, Export string
		GoFiles                 []string
		DepOnly                 bool
	}
	export := map[string]string{}
	var target listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		export[p.ImportPath] = p.Export
		if !p.DepOnly {
			target = p
		}
	}
	p := &program{dir: target.Dir, overlay: map[string]string{}, fset: token.NewFileSet(),
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}}
	var files []*ast.File
	for _, name := range target.GoFiles {
		f, err := parser.ParseFile(p.fset, filepath.Join(p.dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatalf("parse: %v", err)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: importer.ForCompiler(p.fset, "gc",
		func(path string) (io.ReadCloser, error) { return os.Open(export[path]) })}
	if _, err := conf.Check(target.ImportPath, p.fset, files, p.info); err != nil {
		t.Fatalf("type-check: %v", err)
	}
	for _, f := range files {
		p.rewriteFile(t, f)
	}
	p.overlay[filepath.Join(p.dir, "mutant_switch.go")] = "package " + files[0].Name.Name + "\n" + switchSource
	return p
}

// rewriteFile inserts the mutants into the text of a file. Comments before the
// package clause stay; those inside a rewritten expression are dropped.
func (p *program) rewriteFile(t *testing.T, f *ast.File) {
	t.Helper()
	path := p.fset.Position(f.Pos()).Filename
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	p.text, p.base = string(text), p.fset.File(f.Pos()).Base()
	var b strings.Builder
	at := 0
	for _, d := range f.Decls {
		p.function, p.constant = "", 0
		switch d := d.(type) {
		case *ast.FuncDecl:
			p.function = d.Name.Name
			if d.Recv != nil {
				p.function = strings.TrimPrefix(types.ExprString(d.Recv.List[0].Type), "*") + "." + p.function
			}
		case *ast.GenDecl:
			p.function = d.Tok.String()
		}
		b.WriteString(p.text[at:p.offset(d.Pos())])
		b.WriteString(p.source(d))
		at = p.offset(d.End())
	}
	b.WriteString(p.text[at:])
	p.overlay[path] = b.String()
}

func (p *program) offset(pos token.Pos) int { return int(pos) - p.base }

// source returns the text of a node with the mutants in it.
func (p *program) source(n ast.Node) string {
	if s, ok := p.mutated(n); ok {
		return s
	}
	type piece struct {
		from, to int
		text     string
	}
	var pieces []piece
	depth := p.constant
	if constant(n) {
		p.constant++
	}
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || c == n {
			return c == n
		}
		pieces = append(pieces, piece{p.offset(c.Pos()), p.offset(c.End()), p.source(c)})
		return false
	})
	p.constant = depth
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.from - b.from })
	var b strings.Builder
	at := p.offset(n.Pos())
	for _, c := range pieces {
		if c.from < at || c.from >= p.offset(n.End()) { // the comment of a declaration is a child too
			continue
		}
		b.WriteString(p.text[at:c.from])
		b.WriteString(c.text)
		at = c.to
	}
	b.WriteString(p.text[at:p.offset(n.End())])
	return b.String()
}

// constant reports whether the values in a node have to be constant.
func constant(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.CONST
	case *ast.ArrayType:
		return n.Len != nil
	}
	return false
}

// add adds a mutant and returns its number.
func (p *program) add(pos token.Pos, kind string, from, to token.Token, constant, senseless bool) int {
	at := p.fset.Position(pos)
	first := strings.LastIndexByte(p.text[:p.offset(pos)], '\n') + 1
	code, _, _ := strings.Cut(p.text[first:], "\n")
	m := mutant{id: len(p.mutants) + 1, file: filepath.Base(at.Filename), function: p.function, line: at.Line,
		col: at.Column, code: strings.TrimSpace(code), kind: kind, from: from, to: to, constant: constant,
		senseless: senseless}
	p.mutants = append(p.mutants, m)
	return m.id
}

// mutated returns the text of a node that is itself mutated, or false if it is not.
func (p *program) mutated(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if c, ok := computed[n.Op]; ok {
			return p.arithmetic(n, c.to, c.call)
		}
		if negated[n.Op] != token.ILLEGAL {
			return p.comparison(n)
		}
	case *ast.UnaryExpr:
		if n.Op == token.SUB {
			return p.negative(n)
		}
	case *ast.IncDecStmt:
		id := p.add(n.TokPos, "step", n.Tok, negated[n.Tok], false, false)
		x := p.text[p.offset(n.X.Pos()):p.offset(n.X.End())]
		return fmt.Sprintf("%s %c= mutantStep(%d, %s)", x, n.Tok.String()[0], id, x), true
	}
	return "", false
}

func (p *program) comparison(n *ast.BinaryExpr) (string, bool) {
	fixed := p.constant > 0 || p.info.Types[n].Value != nil
	id := p.add(n.OpPos, "negation", n.Op, negated[n.Op], fixed, false)
	bound := 0
	if to, ok := moved[n.Op]; ok {
		bound = p.add(n.OpPos, "boundary", n.Op, to, fixed, false)
	}
	if fixed {
		return "", false
	}
	x, y := p.source(n.X), p.source(n.Y)
	if bound == 0 {
		return fmt.Sprintf("((%s %s %s) != mutantOn(%d))", x, n.Op, y, id), true
	}
	// A comparison with its boundary moved is true for the comparison, or for
	// equality.
	call := map[token.Token]string{token.LSS: "mutantLess", token.GTR: "mutantMore", token.LEQ: "mutantUpTo",
		token.GEQ: "mutantFrom"}[n.Op]
	return fmt.Sprintf("(%s(%d, %s, %s) != mutantOn(%d))", call, bound, x, y, id), true
}

func (p *program) arithmetic(n *ast.BinaryExpr, to token.Token, call string) (string, bool) {
	tv := p.info.Types[n]
	basic, _ := tv.Type.Underlying().(*types.Basic)
	text := basic != nil && basic.Info()&types.IsString != 0
	name, named := p.typeName(tv.Type)
	fixed := p.constant > 0 || tv.Value != nil && !named
	id := p.add(n.OpPos, "arithmetic", n.Op, to, fixed, text)
	if fixed || text {
		return "", false
	}
	x, y := p.source(n.X), p.source(n.Y)
	if tv.Value != nil {
		return fmt.Sprintf("%s[%s](%d, %s, %s)", call, name, id, x, y), true
	}
	return fmt.Sprintf("%s(%d, %s, %s)", call, id, x, y), true
}

func (p *program) negative(n *ast.UnaryExpr) (string, bool) {
	tv := p.info.Types[n]
	name, named := p.typeName(tv.Type)
	fixed := p.constant > 0 || tv.Value != nil && !named
	id := p.add(n.OpPos, "negative", n.Op, token.ADD, fixed, false)
	if fixed {
		return "", false
	}
	x := p.source(n.X)
	if tv.Value != nil {
		return fmt.Sprintf("mutantNeg[%s](%d, %s)", name, id, x), true
	}
	return fmt.Sprintf("mutantNeg(%d, %s)", id, x), true
}

// typeName returns the name of the type of a constant as the file has to write it.
func (p *program) typeName(typ types.Type) (string, bool) {
	switch typ := typ.(type) {
	case *types.Basic:
		return typ.Name(), typ.Info()&types.IsUntyped == 0
	case *types.Named:
		return "time." + typ.Obj().Name(), typ.String() == "time.Duration" && strings.Contains(p.text, "\"time\"\n")
	}
	return "", false
}
