package logs_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"warroom/model"
	"warroom/ui/logs"
)

// TestFormats: each format has one line per sentence, whatever it contains.
func TestFormats(t *testing.T) {
	evil := model.Safef("who comes from %s is refused", "a\nb\x1b[31m\u202e\"x\"")
	for _, c := range []struct{ format, begins string }{
		{"", "warroom: who comes from "}, {logs.Plain, "warroom: who comes from "},
		{logs.Text, "time="}, {logs.JSON, `{"time":"`},
	} {
		var out bytes.Buffer
		l, err := logs.New(&out, c.format, "")
		if err != nil {
			t.Fatalf("format %q: got %v, want no error", c.format, err)
		}
		l.At(slog.LevelWarn, "ssh")(evil)
		got := out.String()
		if !strings.HasPrefix(got, c.begins) || strings.Count(got, "\n") != 1 ||
			strings.ContainsAny(got, "\x1b\u202e") {
			t.Errorf("format %q: got %q, want one clean line that begins with %q", c.format, got, c.begins)
		}
		if c.format != logs.JSON {
			continue
		}
		var m map[string]any
		if err := json.Unmarshal(out.Bytes(), &m); err != nil || m["level"] != "WARN" || m["part"] != "ssh" ||
			m["msg"] != evil.String() {
			t.Errorf("JSON: got %v (%v), want level WARN, part ssh and the sentence", m, err)
		}
	}
}

// TestLevels: each format omits sentences below the level.
func TestLevels(t *testing.T) {
	for _, format := range logs.Formats {
		for i, level := range logs.Levels {
			var out bytes.Buffer
			l, err := logs.New(&out, format, level)
			if err != nil {
				t.Fatalf("level %q: got %v, want no error", level, err)
			}
			for _, at := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
				l.At(at, "hub")(model.Lit("something happened"))
			}
			if got, want := strings.Count(out.String(), "\n"), len(logs.Levels)-i; got != want {
				t.Errorf("lines of %s at %s: got %d, want %d", format, level, got, want)
			}
		}
	}
}

// TestWrongWords: an unknown format or level is refused in one sentence.
func TestWrongWords(t *testing.T) {
	for _, c := range []struct{ format, level, want string }{
		{"xml", "", "xml is not a format of the log: use plain, text, json"},
		{"json", "loud", "loud is not a level of the log: use debug, info, warn, error"},
		{"json", "INFO+2", "INFO+2 is not a level of the log: use debug, info, warn, error"},
	} {
		if _, err := logs.New(nil, c.format, c.level); err == nil || err.Error() != c.want {
			t.Errorf("format %q, level %q: got %v, want %q", c.format, c.level, err, c.want)
		}
	}
}
