// Package logs is the log of a process that serves: sentences for people, or structured
// lines of log/slog. Sentences are [model.Safe], and contain neither secrets nor text
// from rooms.
package logs

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"warroom/model"
)

// The log formats.
const (
	Plain = "plain" // "warroom: " and the sentence
	Text  = "text"  // of slog.TextHandler
	JSON  = "json"
)

// Formats and Levels are the valid settings.
var (
	Formats = []string{Plain, Text, JSON}
	Levels  = []string{"debug", "info", "warn", "error"}
)

// Logger writes sentences. It is safe for concurrent use.
type Logger struct{ log *slog.Logger }

// New returns a logger. An empty format is plain, and an empty level is info. It returns
// [model.Invalid] for any other value that is not in Formats or Levels.
func New(w io.Writer, format, level string) (*Logger, error) {
	var l slog.Level
	switch {
	case format != "" && !slices.Contains(Formats, format):
		return nil, model.Refuse(model.Invalid, "%s is not a format of the log: use %s", format,
			strings.Join(Formats, ", "))
	case level == "":
	case !slices.Contains(Levels, level) || l.UnmarshalText([]byte(level)) != nil:
		return nil, model.Refuse(model.Invalid, "%s is not a level of the log: use %s", level,
			strings.Join(Levels, ", "))
	}
	o := &slog.HandlerOptions{Level: l}
	switch format {
	case Text:
		return &Logger{slog.New(slog.NewTextHandler(w, o))}, nil
	case JSON:
		return &Logger{slog.New(slog.NewJSONHandler(w, o))}, nil
	}
	return &Logger{slog.New(&plain{w: w, level: l})}, nil
}

// At returns a function that logs sentences of a part of the program at a level.
func (l *Logger) At(level slog.Level, part string) func(model.Safe) {
	return func(s model.Safe) {
		l.log.LogAttrs(context.Background(), level, s.String(), slog.String("part", part))
	}
}

// plain is a handler that writes sentences in the format of the commands.
type plain struct {
	w     io.Writer
	level slog.Level
}

// Enabled implements slog.Handler.
func (p *plain) Enabled(_ context.Context, l slog.Level) bool { return l >= p.level }

// Handle implements slog.Handler. It writes each line with one call of Write.
func (p *plain) Handle(_ context.Context, r slog.Record) error {
	_, err := fmt.Fprintf(p.w, "warroom: %s\n", r.Message)
	return err
}

// WithAttrs implements slog.Handler.
func (p *plain) WithAttrs([]slog.Attr) slog.Handler { return p }

// WithGroup implements slog.Handler.
func (p *plain) WithGroup(string) slog.Handler { return p }
