package fold_test

import (
	"fmt"

	"warroom/ui/fold"
)

func ExampleContainsAll() {
	words := fold.Words("ofisi ISTANBUL")
	fmt.Println(fold.ContainsAll("İstanbul ofisi", words))
	fmt.Println(fold.ContainsAll("Ankara ofisi", words))
	// Output:
	// true
	// false
}
