"""Operations other than create-order, answered from the document's examples and schemas. They store nothing."""
