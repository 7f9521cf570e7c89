package playbook_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/model"
	"warroom/model/playbook"
)

var update = flag.Bool("update", false, "write the goldens anew")

const small = `title = "Mine"
severities = [{ id = "S1", label = "Bad", rank = 1 }]
roles = [{ id = "boss", label = "Boss" }]
phases = [{ id = "all", label = "All" }]
`

func mustWrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
}

func TestShow(t *testing.T) {
	var got bytes.Buffer
	for _, l := range playbook.Show(mustLoad(t, playbook.Default())) {
		fmt.Fprintln(&got, l.String())
	}
	golden := filepath.Join("testdata", "security.golden")
	if *update {
		mustWrite(t, golden, got.String())
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	if got.String() != string(want) {
		t.Errorf("Show differs from %s; look at it with -update", golden)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "mine.toml"), small)
	mustWrite(t, filepath.Join(dir, "security.toml"), small)
	mustWrite(t, filepath.Join(dir, "broken.toml"), "title = 3\n")
	mustWrite(t, filepath.Join(dir, "large.toml"), small+strings.Repeat("#", 256<<10))
	t.Run("TheirOwnWins", func(t *testing.T) {
		for _, name := range []string{"mine", "security"} {
			p, err := playbook.Load(dir, name)
			if err != nil || p.Title != "Mine" || p.Name != name {
				t.Errorf("Load(%q) = %+v, %v", name, p, err)
			}
		}
	})
	t.Run("ShippedStillThere", func(t *testing.T) {
		if p, err := playbook.Load(dir, "security-plan"); err != nil || len(p.Roles) != 5 {
			t.Errorf("got %v, %v", p, err)
		}
	})
	for name, want := range map[string]struct {
		code model.Code
		text string
	}{
		"securty": {model.NotFound, `there is no playbook "securty"; did you mean "security"?`},
		"broken": {model.Invalid, filepath.Join(dir, "broken.toml") +
			`:1:9: "title" is a whole number, but a text is wanted; write it in quotes, like "15m"`},
		"../mine": {model.Invalid,
			`"../mine" cannot be the name of a playbook; use a to z, 0 to 9, - and _, up to 40 of them`},
		"": {model.Invalid,
			`"" cannot be the name of a playbook; use a to z, 0 to 9, - and _, up to 40 of them`},
		"large": {model.Invalid, "the playbook " + filepath.Join(dir, "large.toml") +
			" is larger than 256 KiB; a plan is shorter, so split it"},
		"security": {"", ""},
	} {
		_, err := playbook.Load(dir, name)
		if code := model.CodeOf(err); code != want.code {
			t.Errorf("Load(%q): code %q, want %q", name, code, want.code)
		}
		if err != nil && !strings.HasPrefix(model.Sentence(err).String(), want.text) {
			t.Errorf("Load(%q)\n got %s\nwant %s", name, model.Sentence(err), want.text)
		}
	}
}

func TestNames(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "security.toml"), small)
	mustWrite(t, filepath.Join(dir, "broken.toml"), "title = 3\n")
	mustWrite(t, filepath.Join(dir, "Bad Name.toml"), small)
	mustWrite(t, filepath.Join(dir, "readme.md"), "no plan")
	infos, err := playbook.Names(dir)
	if err != nil {
		t.Fatalf("list the names: %v", err)
	}
	var got []string
	for _, i := range infos {
		got = append(got, fmt.Sprintf("%s|%s|%v|%v|%v", i.Name, i.Title, i.Shipped, i.Path != "", i.Err != nil))
	}
	want := `Bad Name||false|true|true
broken||false|true|true
security|Mine|false|true|false
security-plan|Security incident response plan|true|false|false
security-playbook|Security incident response playbook|true|false|false`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	for _, dir := range []string{"", filepath.Join(dir, "none")} {
		if infos, err := playbook.Names(dir); err != nil || len(infos) != 3 {
			t.Errorf("Names(%q) = %d plans, %v", dir, len(infos), err)
		}
	}
	if infos, err := playbook.Names(filepath.Join(dir, "readme.md")); err == nil || len(infos) != 3 {
		t.Errorf("a file for a directory: %d plans, %v", len(infos), err)
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "mine.toml"), small)
	mustWrite(t, filepath.Join(dir, "My Plan.toml"), small)
	if err := playbook.Check(filepath.Join(dir, "mine.toml")); err != nil {
		t.Errorf("a good file: %v", err)
	}
	for path, want := range map[string]model.Code{"none.toml": model.NotFound, "My Plan.toml": model.Invalid,
		".": model.Invalid} {
		if code := model.CodeOf(playbook.Check(filepath.Join(dir, path))); code != want {
			t.Errorf("Check(%q): code %q, want %q", path, code, want)
		}
	}
}

func TestPlanIsArranged(t *testing.T) {
	p, err := playbook.Parse("mine", []byte(`title = "Mine"
severities = [{ id = "S2", label = "Good", rank = 2 }, { id = "S1", label = "Bad", rank = 1 }]
roles = [{ id = "boss", label = "Boss" }]
phases = [{ id = "first", label = "First" }, { id = "then", label = "Then" }]
items = [{ id = "b", phase = "then", text = "B" }, { id = "a", phase = "first", text = "A" }]
clocks = [{ id = "c", label = "C", start = "declared", every = "15m", by-severity = { "S1" = "5m" } }]
`))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	if p.Severities[0].ID != "S1" || p.Items[0].ID != "a" || p.Clocks[0].BySeverity["S1"].String() != "5m" {
		t.Errorf("got %+v", p)
	}
}

// TestManyItems: a checklist has a maximum number of items.
func TestManyItems(t *testing.T) {
	var b strings.Builder
	b.WriteString(small)
	for i := range 501 {
		fmt.Fprintf(&b, "[[items]]\nid = \"i%d\"\nphase = \"all\"\ntext = \"T\"\n", i)
	}
	_, err := playbook.Parse("mine", []byte(b.String()))
	want := `mine.toml:2005:3: the plan has 501 items; a plan may have up to 500, so split it`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil {
		f.Fatalf("list files: %v", err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatalf("read a file: %v", err)
		}
		f.Add(data)
	}
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := playbook.Parse("fuzz", data)
		if err == nil {
			playbook.Show(p)
			p.Encode()
			return
		}
		var faults playbook.Faults
		if errors.As(err, &faults) {
			for _, one := range faults {
				if one.Line < 1 || one.Column < 1 || one.Line > 1+bytes.Count(data, []byte("\n")) {
					t.Errorf("no such place: %+v", one)
				}
			}
		}
	})
}

// TestByteOrderMark: a playbook that an editor of Windows wrote is the same plan.
func TestByteOrderMark(t *testing.T) {
	want, err := playbook.Parse("mine", []byte(small))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	marked := "\xEF\xBB\xBF" + strings.ReplaceAll(small, "\n", "\r\n")
	got, err := playbook.Parse("mine", []byte(marked))
	if err != nil || got.Title != want.Title || len(got.Phases) != len(want.Phases) {
		t.Errorf("got %v and %v, want the plan %q", got, err, want.Title)
	}
}
