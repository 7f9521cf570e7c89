package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/ui"
	"warroom/ui/uitest"
)

var writeShots = flag.Bool("shots", false, "write the pictures in docs/img")

// shotsAt are the lines of the demo after which a picture is taken, each with a text on
// the screen.
var shotsAt = map[int]string{3: "cy is Security Lead", 13: "executives and legal", 28: "214 reads",
	len(script) - 1: "RESOLVED"}

// TestShots renders screens of the demo: a sequence while it is played, and pages at its
// end. They are the current pictures of README.md and the documents.
func TestShots(t *testing.T) {
	p, err := playbook.Load("", playbook.Default())
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	h := uitest.NewHub()
	short, err := h.As("ana").Declare(context.Background(), demoRoom(p, h.Clock.Now()))
	if err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	h.Seen(short, model.Presence{Handle: "ana", Via: "tui"}, model.Presence{Handle: "cy", Via: "ssh"},
		model.Presence{Handle: "di", Via: "ssh"})
	open := func(w, height int, change func(*ui.Options)) *uitest.Term {
		return uitest.Open(t, h, "bo", w, height, func(o *ui.Options) {
			o.Room = short
			change(o)
		})
	}
	h.Admit("bo", short) // otherwise the script could overtake it
	room := open(110, 32, func(*ui.Options) {})
	n := 0
	for i, c := range script {
		h.Clock.Add(45 * time.Second)
		if c.class != "" {
			err = h.Force(c.who, short, collected(c, uint64(i)))
		} else {
			err = h.SubmitLine(c.who, short, c.line)
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", c.who, c.line, err)
		}
		if see := shotsAt[i]; see != "" {
			n++
			title := fmt.Sprintf("The demo, picture %d of %d", n, len(shotsAt))
			shot(t, fmt.Sprintf("demo-%d", n), room.See(see).SVG(title))
		}
		if i == 28 {
			wall := open(110, 32, func(o *ui.Options) { o.Wall = true })
			shot(t, "wall", wall.See("CONTAINMENT").SVG("The wall, in containment"))
			if err := wall.Close(); err != nil {
				t.Errorf("close the wall: %v", err)
			}
			pages(t, room)
		}
	}
}

// pages renders the pages of a room during containment.
func pages(t *testing.T, room *uitest.Term) {
	t.Helper()
	for _, p := range []struct {
		name, title, see string
		key              tcell.Key
	}{
		{"checklist", "The checklist", "Checklist", tcell.KeyF3},
		{"clocks", "The clocks", "Clocks", tcell.KeyF2},
		{"people", "Roles and people", "Roles and people", tcell.KeyF4},
	} {
		shot(t, p.name, room.Key(p.key).See(p.see).SVG(p.title))
		room.Key(tcell.KeyEscape)
	}
}

func shot(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", "img", name+".svg")
	if *writeShots {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatalf("write a picture: %v", err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(want, []byte(got)) {
		t.Errorf("docs/img/%s.svg is not what the screen shows now (%v); make shots writes it, then look at it", name,
			err)
	}
}
