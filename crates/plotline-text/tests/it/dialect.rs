use insta::assert_snapshot;
use plotline_text::dialect;

#[test]
fn markdown_that_discord_lacks_becomes_what_it_has() {
    let markdown = "### Third\n#### Fourth\n##### **Fifth** #####\n\n- [ ] open\n- [x] done\n+ plus\n  + nested\n\n---\n\n![chart](https://x.org/y.png) and `a ![code](x)` ![b] (c)\n\n1. one\n2. two";
    assert_snapshot!(dialect(markdown), @"
    ### Third
    **Fourth**
    **Fifth**

    - ☐ open
    - ☑ done
    - plus
      - nested

    ──────────

    [chart](https://x.org/y.png) and `a ![code](x)` ![b] (c)

    1. one
    2. two
    ");
}

#[test]
fn fences_become_discords() {
    let markdown = "~~~python title=\"x\"\nprint(1)\n~~~\n\n````markdown\nText\n```rust,ignore\nfn main() {}\n```\n````\n\n1. First:\n   ```sh\n   ls\n     -la\n   ```\n2. Second\n\n> ```{.js}\n> let a;\n> ```";
    assert_snapshot!(dialect(markdown).replace('\u{200b}', "·"), @"
    ```python
    print(1)
    ```

    ```markdown
    Text
    ``·`rust,ignore
    fn main() {}
    ``·`
    ```

    1. First:
    ```sh
    ls
      -la
    ```
    2. Second

    > ```js
    > let a;
    > ```
    ");
}

#[test]
fn code_is_left_alone() {
    let markdown = "```md\n#### Not a heading\n- [ ] no task\n---\n![no](image)\n| a | b |\n|---|---|\n```\n";
    assert_eq!(dialect(markdown), markdown);
}

#[test]
fn an_open_block_is_closed() {
    assert_eq!(dialect("```py\nprint(1)"), "```py\nprint(1)\n```");
    assert_eq!(dialect("> ```\n> a\nb"), "> ```\n> a\n> ```\nb");
}
