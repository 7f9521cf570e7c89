package e2e_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// shownPhrases were replaced in the output. docs/style.md has the terms.
var shownPhrases = []string{
	`^because of$`, `^only for$`, `^ran out: `, `\bran out: %s`, `empty: not known`, `^to watch$`,
	`^waits$`, `no line is like that`, `no room has that`, `in the words of people`, `heard last`, `I have seen it`,
	`%s not judged, the oldest`, `the one before (continues|goes on)`, `did data of people get out`, `who knocks`,
	`put a clock off`, `in a time box`, `you are on a(n|) (checklist )?item`, `is no time that can be read`,
	`say a line as in the composer`, `ordinary doors`, `make a room of an export`, `say what program this is`,
	`a fault of the program: `, `draw the screen anew`, `takes? (a|the) refused line`, `is at the door:`,
	`the way is shut`, `since a minute`, `the assets that are hit`,
}

var shown = regexp.MustCompile(`(?i)` + strings.Join(shownPhrases, "|"))

// TestNoBannedPhraseIsShown: no string of the screens, the command line or the model
// contains a replaced phrase. There are no exceptions.
func TestNoBannedPhraseIsShown(t *testing.T) {
	for _, root := range []string{"ui", "model"} {
		err := filepath.WalkDir(filepath.Join("..", "..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.BasicLit)
				if !ok || s.Kind != token.STRING {
					return true
				}
				if text, err := strconv.Unquote(s.Value); err == nil && shown.MatchString(text) {
					t.Errorf("%s: got %q, which has %q: want other words", fset.Position(s.Pos()), text,
						shown.FindString(text))
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatalf("read %s: %v", root, err)
		}
	}
}
