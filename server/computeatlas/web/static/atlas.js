// What every page does beyond showing itself: suggestions in search fields, and buttons that copy. Pages work without.

// Milliseconds in which the next letter may come before anything is asked.
const DELAY = 120;

// A search field as a combobox with a list: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
class Suggester {
  #input; #list; #status; #found = []; #active = -1; #asking = null; #timer = 0; #answered = "";

  constructor(input) {
    this.#input = input;
    this.#list = document.createElement("ul");
    this.#list.id = `${input.id}-suggestions`;
    this.#list.className = "suggestions";
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", input.dataset.suggestions);
    this.#status = document.createElement("span");
    this.#status.className = "hidden";
    this.#status.setAttribute("role", "status");
    input.form.append(this.#list, this.#status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.#list.id);
    input.addEventListener("input", () => this.#wait());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close());
    // The field keeps the focus, so that a click on the list is one.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#go([...this.#list.children].indexOf(option));
    });
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const text = this.#input.value.trim();
    if (!text) this.#close();
    else this.#timer = setTimeout(() => this.#ask(text), DELAY);
  }

  async #ask(text) {
    this.#asking = new AbortController();
    const address = new URL(this.#input.dataset.suggest, document.baseURI);
    address.search = new URLSearchParams({ q: text.slice(0, 200), lang: document.documentElement.lang });
    try {
      const answer = await fetch(address, { signal: this.#asking.signal });
      if (answer.ok) this.#show(await answer.json(), text);
    } catch (error) {
      // Without suggestions the form still searches.
      if (error.name !== "AbortError") this.#close();
    }
  }

  #show(found, text) {
    if (document.activeElement !== this.#input) return;
    this.#found = found;
    this.#answered = text;
    this.#active = -1;
    this.#list.replaceChildren(...found.map((one, number) => this.#option(one, number)));
    this.#expand(found.length > 0);
    const { none, one, many } = this.#input.dataset;
    this.#status.textContent = found.length === 0 ? none : found.length === 1 ? one : many.replace("#", found.length);
  }

  #option(one, number) {
    const option = document.createElement("li");
    option.id = `${this.#list.id}-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    name.textContent = one.label;
    name.dir = "auto";
    if (one.language) name.lang = one.language;
    option.append(name);
    if (one.kind) {
      const kind = document.createElement("small");
      kind.textContent = one.kind;
      option.append(" ", kind);
    }
    return option;
  }

  #key(event) {
    const open = !this.#list.hidden;
    if (event.key === "Escape" && open) {
      this.#close();
    } else if (event.key === "Enter" && open && this.#active >= 0) {
      this.#go(this.#active);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.#found.length) {
      if (!open && this.#input.value.trim() !== this.#answered) return;
      this.#expand(true);
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else {
      return;
    }
    event.preventDefault();
  }

  // Before the first and after the last stands the field itself, at -1.
  #move(step) {
    const places = this.#found.length + 1;
    this.#active = ((this.#active + 1 + step + places) % places) - 1;
    [...this.#list.children].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === this.#active));
    });
    if (this.#active < 0) {
      this.#input.removeAttribute("aria-activedescendant");
    } else {
      const option = this.#list.children[this.#active];
      this.#input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  #go(number) {
    location.assign(this.#found[number].path);
  }

  #expand(open) {
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#active = -1;
    this.#input.removeAttribute("aria-activedescendant");
    this.#status.textContent = "";
    this.#expand(false);
  }
}

// A button copies what its attribute data-copy says, or what the element shows that data-copy-from names. Where nothing
// can be copied it stays hidden, if the page hides it.
function enable(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const name = button.textContent;
  button.addEventListener("click", async () => {
    const from = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    try {
      await navigator.clipboard.writeText(from ? from.textContent : button.dataset.copy);
    } catch {
      return;
    }
    button.textContent = button.dataset.copied || "✓";
    setTimeout(() => { button.textContent = name; }, 2000);
  });
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Suggester(input);
for (const button of document.querySelectorAll("button[data-copy], button[data-copy-from]")) enable(button);
