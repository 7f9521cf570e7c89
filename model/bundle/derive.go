package bundle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/report"
)

// person is one entry of the roster.
type person struct {
	Key string `json:"key"`
	model.Member
}

// derived returns the files that are derived from the log alone.
func derived(r *model.Room) (map[string][]byte, error) {
	var people []person
	for k, m := range r.Members {
		people = append(people, person{Key: k, Member: m})
	}
	slices.SortFunc(people, func(a, b person) int {
		return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.Key, b.Key))
	})
	out := map[string][]byte{fileTimeline: timeline(r)}
	for name, v := range map[string]any{fileRoster: people, filePlan: r.Plan} {
		b, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", name, err)
		}
		out[name] = append(plain(b), '\n')
	}
	return out, register(r, out)
}

// reports returns the draft of the review in all formats, as of the time of export. Times
// are in UTC.
func reports(v *Verdict, short string, made time.Time) (map[string][]byte, error) {
	d := report.Of(v.events, report.Reader{Short: short, Now: made.UTC().Truncate(time.Second)})
	forms, err := d.Files()
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for end, body := range forms {
		out[fileReport+end] = body
	}
	return out, nil
}

// timeline returns the room as text, one line per entry.
func timeline(r *model.Room) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, model.Safef("%s  %s", r.Severity, r.Title))
	fmt.Fprintln(&b,
		model.Safef("room %s, declared by %s at %s UTC, %s; times are UTC", r.ID, r.DeclaredBy,
			r.DeclaredAt.UTC().Format("2006-01-02 15:04:05"), string(r.Status)))
	fmt.Fprintln(&b)
	for _, l := range r.Lines() {
		s := model.Safef("%s %5d  %-10s %-10s %s", l.At.UTC().Format("2006-01-02 15:04:05"), l.Seq, l.By,
			l.Word().String(), model.CleanLine(r.Text(l).String()))
		if d := r.Redaction(l.Seq); d != nil {
			s = model.Safef("%s  (redacted by %s: %s)", s, d.By, model.CleanLine(d.Reason))
		}
		switch m := r.Marks[l.Seq]; {
		case !l.Refused.IsEmpty():
			s = model.Safef("%s  (no effect: %s)", s, l.Refused)
		case m.Retracted != "":
			s = model.Safef("%s  (retracted by %s: %s)", s, m.By, model.CleanLine(m.Retracted))
		case len(m.Amended) > 0:
			s = model.Safef("%s  (amended)", s)
		}
		fmt.Fprintln(&b, s)
	}
	return b.Bytes()
}

// readme returns instructions to verify a bag without this program.
func readme(r *model.Room, principal string) []byte {
	return []byte(model.Safef(`This is the record of an incident room of warroom: %s (%s).

timeline.txt     what happened, one entry a line
report.html      the draft of the review, to read and print; also as .md and .json
log.jsonl        the log as it was published: one message a line, in order
checkpoints/     signed statements of the log's length and root
roster.json      the keys of the room: whose they are and what they may do
plan.json        the plan that the room followed
evidence.jsonl   the register of evidence, if there is any; custody.jsonl lists who
                 had it when, and evidence/ has its bytes, each file under its SHA-256

To check it with this program:

    warroom verify FILE

To check it without this program, unpack it and run in its directory:

    sha256sum -c manifest-sha256.txt
    sha256sum -c tagmanifest-sha256.txt
    ssh-keygen -Y verify -f allowed_signers -I %s -n warroom \
        -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt

This checks that the files are those that were exported, and who signed them. The
file allowed_signers is part of the export: compare its key with one that you know.

A message is signed by its author with Ed25519: sig is the signature in base64,
over the line "warroom/v1", a newline, and the payload, byte for byte. The key is
in the payload and in the subject, in base64url. The leaves of the tree are the 64
bytes of the signature and the payload; hashes and checkpoints are those of RFC
6962 and of C2SP's tlog-checkpoint. Only lines whose subject begins with "log."
are leaves.
`, r.Title, r.ID, principal).String())
}
