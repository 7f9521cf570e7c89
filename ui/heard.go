package ui

import "warroom/model"

// hear begins to listen to what the program has to say while the screen is
// shown, as that a damaged file was set aside.
func (a *app) hear() {
	if a.o.Hear != nil && !a.o.Wall { // nobody could put it away there
		a.deaf = a.o.Hear(func(s model.Safe) { a.jobs.post(func() { a.heard = append(a.heard, s) }) })
	}
}

// sayHeard shows what was heard, one after another: each stays until the next
// key, and none takes the place of another note. Whoever keeps it tells it again
// when the screen is left.
func (a *app) sayHeard() {
	if len(a.heard) > 0 && a.say.text.IsEmpty() {
		a.say = note{text: a.heard[0], bad: true}
		a.heard = a.heard[1:]
	}
}
