package room

import (
	"strings"
	"unicode/utf8"

	"warroom/model"
	"warroom/model/secretscan"
	"warroom/ui/lineedit"
	"warroom/ui/present"
	"warroom/ui/shell"
	"warroom/ui/state"
)

// maxLine is the maximum length of the composer's text in bytes, that of an entry.
const maxLine = model.MaxText

// composer is the input line of a room: text, history, completion, and a hint about what
// the line would do.
type composer struct {
	lineedit.Editor
	room    string // ULID of the room
	store   *state.Store
	history *state.History
	notes   *shell.Notes
	ctx     func() model.Ctx  // context for parsing a line
	typing  func(typing bool) // sends whether the person is typing
	own     ownLines

	search  historySearch
	saved   string // the draft as last saved
	choices []model.Choice
	chosen  int    // number of the choice in the line, from 1; if 0, none
	asked   string // the line that choices belong to
	hint    model.Hint
	hintFor hintKey
	secret  model.Safe // warning about a secret in the line

	promptRow   shell.OwnRows[emptyKey] // the composer without text, as drawn last
	promptWidth int                     // in cells
}

// ownLines tell commands of this terminal from others.
type ownLines struct {
	is      func(line string) bool
	choices func(line string) []model.Choice // completions of a line to such commands
}

// hintKey is what a hint depends on.
type hintKey struct {
	line string
	room *model.Room
	sec  int64
}

// hintNow returns the hint for the present line. It is computed after each change, and
// once a second.
func (c *composer) hintNow() model.Hint {
	ctx := c.ctx()
	key := hintKey{line: c.Text, room: ctx.Room, sec: ctx.Now.Unix()}
	if key != c.hintFor {
		if key.line != c.hintFor.line {
			c.secret = secretHint(c.Text)
		}
		c.hintFor, c.hint = key, model.Hint{}
		if c.Text != "" && !c.own.is(c.Text) {
			c.hint = model.HintOf(c.Text, ctx)
			if _, ok := model.DraftLine(c.Text, ctx); ok {
				c.hint = model.Hint{Will: model.Lit("drafts the update from the log, for you to edit; :update " +
					"AUDIENCE")}
			}
			if _, file, err := model.ParseEvidenceFile(c.Text); file && err == nil {
				c.hint = model.Hint{Will: model.Lit("adds a file from this machine to the evidence, with its " +
					"SHA-256; :evidence FILE --class log --host web3")}
			}
		}
	}
	return c.hint
}

// suggest computes the completions of the line.
func (c *composer) suggest() {
	if c.chosen > 0 || c.asked == c.Text {
		return
	}
	c.asked, c.choices = c.Text, nil
	if c.Text != "" && c.At == len(c.Text) {
		c.choices = model.Complete(c.Text, c.ctx())
		// Commands of the room that begin alike come first.
		if len(c.choices) == 0 || !strings.HasPrefix(c.choices[0].Line, c.Text) {
			if own := c.own.choices(c.Text); len(own) > 0 {
				c.choices = own
			}
		}
	}
	if len(c.choices) == 1 && c.choices[0].Line == c.Text {
		c.choices = nil
	}
}

// cycle puts the next or previous completion into the line. It reports false if there is
// none.
func (c *composer) cycle(step int) bool {
	n := len(c.choices)
	if n == 0 {
		return false
	}
	if c.chosen == 0 && step < 0 {
		c.chosen = 1
	}
	c.chosen = (c.chosen-1+step+n)%n + 1
	c.Editor.Set(c.choices[c.chosen-1].Line)
	if n == 1 {
		c.settle()
	}
	return true
}

// settle accepts the completion in the line.
func (c *composer) settle() { c.chosen, c.asked = 0, "\x00" }

// isCommandName reports whether the line is the whole name of a command, which the hint
// then explains.
func (c *composer) isCommandName() bool {
	return len(c.choices) == 1 && c.chosen == 0 && c.choices[0].Line == c.Text+" "
}

// set replaces the line.
func (c *composer) set(s string) {
	c.Editor.Set(s)
	c.settle()
}

// replace replaces the line and updates what depends on it.
func (c *composer) replace(s string) {
	c.set(s)
	c.changed()
}

// changed updates what depends on the line. It is called after each change.
func (c *composer) changed() {
	c.suggest()
	c.saveDraft()
	c.typing(c.Text != "")
}

// write inserts text at the cursor.
func (c *composer) write(s string) {
	c.settle()
	if !c.Insert(s) {
		c.notes.Show(model.Safef("the line is full: an entry holds %s, and this has %d characters; send it, or "+
			"put the rest into a file and note where that is", present.Size(maxLine), utf8.RuneCountInString(c.Text)))
	}
	c.changed()
}

// complete puts the next completion into the line, or shows what is possible.
func (c *composer) complete() {
	c.suggest()
	if !c.cycle(1) {
		c.notes.Show(c.noMatch())
	}
	c.saveDraft()
}

// noMatch returns the message if no completion matches, with what is possible.
func (c *composer) noMatch() model.Safe {
	var names []model.Safe
	for _, ch := range model.Complete(c.Text[:strings.LastIndexByte(c.Text, ' ')+1], c.ctx()) {
		names = append(names, ch.Label)
	}
	if len(names) == 0 || !strings.Contains(c.Text, " ") {
		return model.Lit("no match")
	}
	if len(names) > maxNames {
		names = append(names[:maxNames], model.Lit("..."))
	}
	return model.Safef("no match; possible here: %s", model.JoinSafe(model.Lit(", "), names...))
}

// maxNames is how many possible names noMatch lists.
const maxNames = 12

// walks reports whether the arrow keys move through completions: there are several, and
// the history is not in use.
func (c *composer) walks() bool { return len(c.choices) > 1 && (c.chosen > 0 || c.history.IsNewest()) }

// completeBack puts the previous completion into the line.
func (c *composer) completeBack() {
	c.cycle(-1)
	c.saveDraft()
}

// empty clears the line and adds it to the history.
func (c *composer) empty() {
	c.history.Add(c.Text)
	c.Kill()
	c.replace("")
}

// historyUp shows an older line or the previous completion.
func (c *composer) historyUp() {
	if c.Vertical(false) {
		return
	}
	if c.chosen > 0 && len(c.choices) > 1 {
		c.completeBack()
		return
	}
	if l, ok := c.history.Up(c.Text); ok {
		c.replace(l)
	}
}

// historyDown shows a newer line or the next completion.
func (c *composer) historyDown() {
	if c.Vertical(true) {
		return
	}
	if c.walks() {
		c.cycle(1)
		c.saveDraft()
		return
	}
	if l, ok := c.history.Down(); ok {
		c.replace(l)
	}
}

// begin puts the beginning of a command into the line. It adds an existing draft to the
// history.
func (c *composer) begin(line string) {
	if c.Text != "" && c.Text != line {
		c.history.Add(c.Text)
		c.notes.Show(model.Lit("what you were typing is one line up (Up)"))
	}
	c.replace(line)
}

// setAside moves the draft to the history. It reports whether there was one.
func (c *composer) setAside() bool {
	if c.Text == "" {
		return false
	}
	c.history.Add(c.Text)
	c.set("")
	return true
}

// done clears the line after it was sent or executed, and adds it to the history.
func (c *composer) done(line string) {
	c.history.Add(line)
	c.saveHistory()
	c.replace("")
	c.Forget()
}

// toggleInsist adds or removes :insist, which sends a secret unmasked.
func (c *composer) toggleInsist() {
	if rest, ok := strings.CutPrefix(c.Text, ":insist "); ok {
		c.replace(rest)
	} else {
		c.replace(":insist " + c.Text)
	}
}

// noSecret returns why toggleInsist is not possible.
func (c *composer) noSecret() model.Safe {
	if kindsIn(c.Text) == "" {
		return model.Lit("nothing in the line looks like a secret")
	}
	return model.Safe{}
}

// masked returns the line in the form in which it is sent, and the kinds of secrets that
// were masked.
func (c *composer) masked(line string) (string, []string) {
	if secretscan.Insists(line) {
		return line, nil
	}
	return secretscan.Replace(c.ctx().Room, line)
}

// saveDraft saves the draft if it has changed here, so that it does not overwrite the
// draft of a second terminal of the same person.
func (c *composer) saveDraft() {
	if c.Text != c.saved {
		c.saved = c.Text
		c.store.SaveDraft(c.room, c.Text)
	}
}

// saveHistory saves the history of the room.
func (c *composer) saveHistory() { c.store.SaveHistory(c.room, c.history.Lines) }
