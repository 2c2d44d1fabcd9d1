{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}
{% block maincode %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
{% if '_transposed_idx' in variables %}
    for (int _pre = 0; _pre < N_pre; _pre++)
    #pragma GCC ivdep
    for (int _post = 0; _post < N_post; _post++)
    {
        const int _idx = _pre * N_post + _post, _transposed_idx = _post * N_pre + _pre;
{% else %}
    const int _N = {{constant_or_scalar('N', variables['N'])}};
    #pragma GCC ivdep
    for (int _idx = 0; _idx < _N; _idx++)
    {
{% endif %}
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
    }
{% endblock %}
