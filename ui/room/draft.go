package room

import (
	"bytes"

	"warroom/model"
)

// isSentDraft reports whether a saved draft is the newest stored or waiting line of this
// person. Drafts are saved with a delay of up to a second, so a draft may have been sent
// before the program ended.
func isSentDraft(p *Page, draft string) bool {
	if draft == "" {
		return false
	}
	if h := p.comp.history.Lines; len(h) > 0 && h[len(h)-1].Text == draft && h[len(h)-1].ID != "" {
		return true
	}
	c := p.ctx()
	line, _ := p.comp.masked(draft)
	act, err := model.Parse(line, c)
	if err != nil {
		return false
	}
	if w := p.view.Waiting; len(w) > 0 {
		d, err := model.NewDraft("draft", c.Who, act, c.Now)
		newest := w[len(w)-1].Draft
		return err == nil && d.Kind == newest.Kind && bytes.Equal(d.Body, newest.Body)
	}
	lines := p.view.Room.Lines()
	for i := len(lines) - 1; i >= max(0, len(lines)-2000); i-- {
		l := lines[i]
		if l.Key != c.Who.Key {
			continue
		}
		if entry, ok := act.Body.(*model.Entry); ok {
			return l.Kind == model.KindOf(act.Body) && l.Text == model.Clean(entry.Text)
		}
		return l.Kind == model.KindOf(act.Body) && decide(c, act) != nil // the act has taken effect already
	}
	return false
}
