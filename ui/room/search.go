package room

import (
	"strings"

	"warroom/model"
)

// historySearch is a search in the history while its words are typed.
type historySearch struct {
	on    bool
	query string
	at    int    // index of the shown line in the history
	typed string // line before the search
}

// searchHistory starts a search, or finds the next older line.
func (c *composer) searchHistory() {
	if !c.search.on {
		c.search = historySearch{on: true, typed: c.Text, at: len(c.history.Lines)}
	}
	c.find(c.search.at)
}

// searchFor adds a character to the query. It reports whether a search is active.
func (c *composer) searchFor(r rune) bool {
	if c.search.on {
		c.search.query += string(r)
		c.find(min(c.search.at+1, len(c.history.Lines)))
	}
	return c.search.on
}

// find shows the newest line before an index that contains the query.
func (c *composer) find(before int) {
	for i := before - 1; i >= 0 && c.search.query != ""; i-- {
		if strings.Contains(strings.ToLower(c.history.Lines[i].Text), strings.ToLower(c.search.query)) {
			c.search.at = i
			c.replace(c.history.Lines[i].Text)
			break
		}
	}
	c.notes.Show(model.Safef("search: %s   (Ctrl-R older, Enter takes it, Esc cancels)",
		model.CleanLine(c.search.query)))
}

// endSearch ends the search, with the line found or the line before the search. It
// reports whether a search was active.
func (c *composer) endSearch(found bool) bool {
	if !c.search.on {
		return false
	}
	if !found {
		c.replace(c.search.typed)
	}
	c.search = historySearch{}
	return true
}
