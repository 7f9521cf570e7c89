package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// exit prints an error as one sentence, and returns the exit code.
func (a *app) exit(err error) int {
	var u usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &u):
		a.printErr(model.Safef("%s", u.text))
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitFailed
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.As(err, new(bundle.Tampered)):
		a.printErr(model.Sentence(err))
		return exitTampered
	case brokenPipe(err):
		return exitDone
	}
	err = stdoutError(err)
	if !errors.Is(err, errReported) {
		if a.log != nil {
			a.log.At(slog.LevelError, "serve")(model.Sentence(err))
		} else {
			a.printErr(model.Heading(err))
			printOpen(a, err)
		}
	}
	switch model.CodeOf(err) {
	case model.Unreachable:
		return exitUnreachable
	case model.Queued:
		return exitQueued
	}
	return exitFailed
}

// printErr writes one line to stderr, or to the log of serve. In plain mode, the line is
// broken between words.
func (a *app) printErr(s model.Safe) {
	if a.log != nil {
		a.log.At(slog.LevelInfo, "serve")(s)
		return
	}
	w := a.Stderr
	if size := sizeOf(w); size != nil && a.isPlain() {
		w = wrapping(w, size)
	}
	fmt.Fprintf(w, "warroom: %s\n", s)
}

// printOpen describes on stderr the open points of which the sentence of err has only the ids.
func printOpen(a *app, err error) {
	list := model.OpenOf(err)
	if len(list) == 0 {
		return
	}
	w := a.Stderr
	if size := sizeOf(w); size != nil && a.isPlain() {
		w = wrapping(w, size)
	}
	for i := range list {
		fmt.Fprintf(w, "  %s\n", present.PointWords(&list[i]))
	}
}

// logAt returns a function that logs at a level for a part of the program.
func (a *app) logAt(level slog.Level, part string) func(model.Safe) {
	if a.log == nil {
		return a.printErr
	}
	return a.log.At(level, part)
}

// print writes one line to stdout.
func (a *app) print(s model.Safe) error {
	_, err := fmt.Fprintln(a.Stdout, s)
	return err
}

// printResult prints the result of a command, such as the id of a room. If stdout cannot
// be written, the error names what was done, so that the user does not repeat it.
func (a *app) printResult(id, done model.Safe) error {
	err := a.print(id)
	switch {
	case err == nil:
		return nil
	case brokenPipe(err):
		a.printErr(done)
		return err
	}
	return model.Refuse(model.Internal, "%s, but stdout could not be written: %s", done, model.FileReason(err))
}

// stdoutError describes a failed write to stdout. It returns other errors unchanged.
func stdoutError(err error) error {
	var p *os.PathError
	if errors.As(err, &p) && p.Op == "write" && p.Path == os.Stdout.Name() {
		return model.Refuse(model.Internal, "stdout could not be written: %s", model.FileReason(err))
	}
	return err
}

// brokenPipe reports whether the reader of stdout has closed it, which is not a failure.
func brokenPipe(err error) bool {
	var p *os.PathError
	return errors.Is(err, io.ErrClosedPipe) || errors.As(err, &p) && p.Op == "write" &&
		slices.ContainsFunc(errsPipe, func(is error) bool { return errors.Is(p, is) })
}

// printJSON prints a value as one line of JSON, in which nothing can act as a control
// sequence.
func (a *app) printJSON(v any) error { return writeJSON(a.Stdout, v) }

func writeJSON(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	_, err = io.Copy(w, bytes.NewReader(append(jsonform.Escape(b), '\n')))
	return err
}

// printLines prints lines to stdout.
func printLines(a *app, list []model.Safe) error {
	for _, l := range list {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}
